"""Whom an incident is told: whoever answers for safety there, as an alert or when it suits. Of nobody who was hurt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.incidents import store
from bot.incidents.model import CHOICES, Incident
from bot.kit.replies import Message, Rows, button, quietly, rows
from bot.kit.texts import text
from bot.people import oncall
from bot.people.model import Role

WATCH = (Role.SAFETY_OFFICER, Role.MANAGER)


def watch(session: Session, found: Incident, now: datetime, roles: Sequence[Role] = WATCH) -> list[int]:
    """Who answers for safety there and can be written to, the owner first; deputies for whoever is away.

    Never whom it goes around, and never whoever was hurt.
    """
    there = oncall.over(session, tuple(roles), found.path, now)
    order = [who.id for who in there.order([there.held[role] for role in roles], now) if there.reaches(who)]
    everybody = dict.fromkeys([*([found.owner] if found.owner else []), *order])
    able = [id for id in everybody if store.seen_by(session, found.id, id, now) is not None]
    if not able and Role.ADMIN not in roles:
        return watch(session, found, now, (Role.ADMIN,))  # a site without anybody of these still has to answer the law
    return able


def outcome_buttons(found: Incident) -> Rows:
    """What became of it, the worst first."""
    return rows(
        *(
            button("incidents.b_outcome", f"inc:outcome:{found.id}:{each.value}", outcome=each.value)
            for each in CHOICES
        ),
        each=1,
    )


def ask_outcome(session: Session, found: Incident, now: datetime, nth: int = 0) -> None:
    """How bad is it? The clocks of the law hang on the answer. First without a sound: the alarm has just rung."""
    said = text("incidents.ask_outcome", number=found.id, place=store.where(session, found), again=nth > 0)
    terms = button("incidents.b_terms", "inc:terms:0")
    message = Message(said, (*outcome_buttons(found), (terms,)), ref=f"{found.ref}:ask")
    alert(session, found, message if nth else quietly(message), f"ask:{nth}", now)


def ask_owner(session: Session, found: Incident, now: datetime, nth: int = 0) -> None:
    """Somebody has to lead the investigation."""
    said = text(
        "incidents.ask_owner", number=found.id, place=store.where(session, found),
        outcome=found.outcome.value if found.outcome else "", again=nth > 0,
    )  # fmt: skip
    keys = rows(
        button("incidents.b_mine", f"inc:mine:{found.id}"),
        button("incidents.b_owner", f"inc:owner:{found.id}"),
        button("incidents.b_open", f"inc:open:{found.id}", number=found.id),
        each=1,
    )
    message = Message(said, keys, ref=f"{found.ref}:lead")
    alert(session, found, message if nth else quietly(message), f"lead:{found.round}:{nth}", now)


def alert(
    session: Session, found: Incident, message: Message, key: str, now: datetime, roles: Sequence[Role] = WATCH
) -> None:
    """To all who answer for safety there, past quiet hours and the budget."""
    told = [(id, message, f"{found.ref}:{key}:{id}") for id in watch(session, found, now, roles)]
    if told:
        outbox.alert_all(session, told, now)


def one(session: Session, to: int, message: Message, key: str, now: datetime) -> None:
    """To somebody who waits for it."""
    outbox.send(session, outbox.to_person(to), message, Lane.REPLY, now, key=f"{key}:{to}")
