"""Who reported without a name is opened by two named people together, for a reason, and is told so (docs/adr/0046).

`/reveal NUMBER REASON` asks; somebody of the works council, where there is none a manager, agrees or not. Then each of the
two may look, for a day: the name is shown in a window on their phone and written nowhere. One alone sees nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import approvals, outbox, seals
from bot.delivery.approvals import Matter
from bot.delivery.browser.model import is_box
from bot.delivery.outbox import Lane, To
from bot.hazards import store, telling
from bot.hazards.model import REPORTER_LOOKED_AT, REPORTER_OPENED, Hazard
from bot.hazards.reporting import person_of
from bot.kit.errors import Refused
from bot.kit.events import Pressed, Said
from bot.kit.replies import Message, Reply, answer, button, rows
from bot.kit.seal import BrokenSeal
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role

WHAT, JOB = "reporter_opened", "hazards.reveal_seconded"
LEAST_REASON, MOST_REASON = 10, 500
LOOKS_LAST = timedelta(hours=24)


def on_reveal(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/reveal 12 why`: asks for a second person's word."""
    who = person_of(session, event, now)
    if who is None:
        return None
    number, _, why = event.args.strip().partition(" ")
    hazard = _theirs(
        session, int(number) if number.isascii() and number.isdigit() and len(number) < 18 else -1, who, now
    )
    if len(why.strip()) < LEAST_REASON:
        raise Refused("hazards.reveal_how")
    _ask(session, hazard, who, why.strip()[:MOST_REASON], str(event.update_id), now)
    return answer("hazards.reveal_asked", number=hazard.id)


def _theirs(session: Session, id: int, who: Person, now: datetime) -> Hazard:
    """A report without a name of whom somebody watches over safety. Refused: to others, and where there is no seal."""
    hazard, viewer = store.hazard(session, id), people.viewer(session, who.id, now)
    if hazard is None or viewer is None or not viewer.holds(Role.SAFETY_OFFICER, hazard.path):
        raise Refused("hazards.t_not_yours")
    if who.id in store.hidden_from(session, hazard.id):
        raise Refused("hazards.t_not_yours")
    if (nothing := _names_nobody(hazard)) is not None:
        raise Refused(nothing)
    return hazard


def _names_nobody(hazard: Hazard) -> str | None:
    """Why no person is under the seal: a form's receipt leads to nobody, and what another key sealed is lost. None: one is."""
    try:
        if hazard.seal is None:
            return "hazards.reveal_nothing"
        return "hazards.reveal_form" if is_box(seals.seal().open(hazard.seal)) else None
    except BrokenSeal:
        return "hazards.reveal_nothing"


def _watches(session: Session, hazard: Hazard, who: int, now: datetime, roles: Iterable[Role] | None = None) -> bool:
    """Whether somebody still watches over safety there; `roles`: still holds one of those that were asked to agree."""
    viewer = people.viewer(session, who, now)
    if viewer is None:
        return False
    if roles is None:
        return viewer.holds(Role.SAFETY_OFFICER, hazard.path)
    return any(viewer.has(role, hazard.path) for role in roles)


def _ask(session: Session, hazard: Hazard, who: Person, why: str, seed: str, now: datetime) -> None:
    council = oncall.holders(session, [Role.WORKS_COUNCIL], hazard.path, now)[Role.WORKS_COUNCIL]
    others = any(person.id != who.id for person, _ in council)
    roles = (Role.WORKS_COUNCIL,) if others else approvals.at_least(Role.MANAGER)
    said = text("hazards.reveal_wanted", number=hazard.id, by=who.name, why=why)
    barred = frozenset(store.hidden_from(session, hazard.id))
    if not others:  # else one person would choose whose word they need
        barred |= oncall.tied_by_roles(session, who.id, now)
    matter = Matter(WHAT, JOB, {"hazard": hazard.id, "why": why}, said, hazard.path, roles, barred)
    approvals.ask(session, who.id, matter, now, key=f"reveal:{hazard.id}:{who.id}:{seed}")


def seconded(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: where both have agreed, whoever reported is told who, and why; each of the two gets the button to look."""
    hazard = store.hazard(session, payload["hazard"])
    if not payload["agreed"] or hazard is None or hazard.seal is None:
        return
    if not _watches(session, hazard, payload["by"], now):
        return  # whoever asked lost the right meanwhile
    body = {"hazard": hazard.id, "matter": payload["matter"]}
    key = f"reveal:{payload['matter']}"
    record(session, Fact(REPORTER_OPENED, key, now, payload["by"], hazard.unit, body=body), now)
    names = [store.name(session, id, now) for id in (payload["by"], payload["second"])]
    told = text("hazards.reveal_told", number=hazard.id, by=names[0], second=names[1], why=payload["why"])
    to = To(sealed=hazard.seal)
    outbox.send(session, to, Message(told), Lane.REPLY, telling.moment(hazard, now), key=f"{key}:told")
    look = button("hazards.reveal_look", f"hzi:{payload['matter']}")
    for id in (payload["by"], payload["second"]):
        message = Message(text("hazards.reveal_ready", number=hazard.id), rows(look))
        outbox.send(session, outbox.to_person(id), message, Lane.REPLY, now, key=f"{key}:{id}")


def on_look(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hzi:matter`: one of the two looks. The name is an answer to the press, and stands in no message."""
    who = person_of(session, event, now)
    matter = approvals.agreed(session, event.number(0))
    if who is None or matter is None or matter.what != WHAT or who.id not in (matter.asked_by, matter.decided_by):
        raise Refused("hazards.t_not_yours")
    hazard = store.hazard(session, matter.payload["hazard"])
    roles = None if who.id == matter.asked_by else [Role(each) for each in matter.roles]
    if hazard is not None and not _watches(session, hazard, who.id, now, roles):
        raise Refused("hazards.t_not_yours")
    if hazard is None or hazard.seal is None or matter.decided_at is None or now - matter.decided_at > LOOKS_LAST:
        raise Refused("hazards.reveal_over")
    reporter = people.person(session, int(seals.seal().open(hazard.seal)), now)
    body = {"hazard": hazard.id, "matter": matter.id}
    fact = Fact(REPORTER_LOOKED_AT, f"reveal:{matter.id}:{who.id}:{now.isoformat()}", now, who.id, body=body)
    record(session, fact, now)
    name, badge = (reporter.name, reporter.badge) if reporter else ("", "")
    return Reply(toast=text("hazards.reveal_name", number=hazard.id, name=name, badge=badge), alert=True)
