"""Who hears of the budget: those who may approve, whoever asked, and those who lead where a share is used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.once import insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.replies import Media, Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import oncall, speaking
from bot.people.company import leaders
from bot.people.model import Person, Role
from bot.resources.budget import rules, store
from bot.resources.budget.model import OVERSPENT, REACHED, TO_APPROVE, Line, Request, State
from bot.resources.budget.tables import BudgetAlarmRow


def ask(session: Session, found: Request, line: Line, now: datetime) -> bool:
    """Asks the nearest of the lowest rank that is enough; False where there is nobody but whoever asks."""
    for role in rules.ranks_for(found.path, store.limits(session, found.path), found.amount, line.currency):
        held = [(who.id, far) for who, far in holding(session, role, found.path, now) if who.id != found.person]
        if held:
            nearest = min(far for _, far in held)
            _to_approvers(session, {id for id, far in held if far == nearest}, found, line, "asked", now)
            return True
    return False


def ask_everybody(session: Session, found: Request, line: Line, now: datetime) -> None:
    """Asks all who may approve it, because nobody has for days."""
    ranks = rules.ranks_for(found.path, store.limits(session, found.path), found.amount, line.currency)
    ids = {who.id for role in ranks for who, _ in holding(session, role, found.path, now)} - {found.person}
    _to_approvers(session, ids, found, line, "again", now)


def holding(session: Session, role: Role, path: str, now: datetime) -> Sequence[tuple[Person, int]]:
    """Who holds a role over a unit, with the distance in levels."""
    return oncall.holders(session, [role], path, now)[role]


def _to_approvers(
    session: Session, ids: Iterable[int], found: Request, line: Line, why: str, now: datetime
) -> None:  # fmt: skip
    for id in sorted(ids):
        message = card(session, found, line, now)
        key = f"money:{found.id}:{why}:{id}"
        outbox.send(session, outbox.to_person(id), message, Lane.BULK, now, key=key, unasked=TO_APPROVE)


def card(session: Session, found: Request, line: Line, now: datetime) -> Message:
    """A request as whoever may approve it reads it: with what is left of the line, and its photo."""
    figures = store.figures(session, [line])[line.id]
    said = text(
        "resources.budget.request", number=found.id, name=speaking.name(session, found.person, now),
        unit=speaking.label(session, found.unit), heading=line.heading.value, amount=[found.amount, line.currency],
        words=found.words, left=[figures.left, line.currency], year=str(line.year), short=figures.left < found.amount,
        state=found.state.value,
    )  # fmt: skip
    keys = rows(
        button("resources.budget.b_approve", f"bg:yes:{found.id}"), button("resources.budget.b_refuse", f"bg:no:{found.id}")
    )  # fmt: skip
    media = (Media("photo", found.photo, "photo.jpg"),) if found.photo else ()
    return Message(said, keys if found.state is State.ASKED else (), media)


def answered(
    session: Session, found: Request, line: Line, state: State, by: int, reason: str, now: datetime
) -> None:  # fmt: skip
    """Tells whoever asked."""
    said = text(
        "resources.budget.answered", number=found.id, state=state.value, amount=[found.amount, line.currency],
        words=found.words, by=speaking.name(session, by, now), reason=reason,
    )  # fmt: skip
    keys = rows(button("resources.budget.b_open", f"bg:open:{found.id}")) if state is State.APPROVED else ()
    key = f"money:{found.id}:{state.value}"
    outbox.send(session, outbox.to_person(found.person), Message(said, keys), Lane.REPLY, now, key=key)


def reached(session: Session, line: Line, now: datetime) -> None:
    """Tells those who lead where the line is, once a share: the highest that is newly reached. The line's row is held."""
    figures = store.figures(session, [line])[line.id]
    fresh = []
    for share in rules.shares_reached(figures, line.alert_at):
        values = {"key": f"{line.id}:{share}:{line.planned}", "line_id": line.id, "share": share, "at": now}
        if insert_once(session, BudgetAlarmRow, values) is not None:
            fresh.append(share)
    if not fresh:
        return
    body = {"line": line.id, "unit": line.unit, "share": fresh[-1]}
    record(
        session,
        Fact(REACHED, f"budget-share:{line.id}:{fresh[-1]}:{line.planned}", now, unit=line.unit, body=body),
        now,
    )
    said = text(
        "resources.budget.overspent", heading=line.heading.value, unit=speaking.label(session, line.unit), year=str(line.year),
        share=fresh[-1], used=[figures.used, line.currency], planned=[line.planned, line.currency],
        over=figures.left < 0,
    )  # fmt: skip
    told = {who.id for who in leaders(session, line.path, now)}
    told |= {who.id for who, _ in holding(session, Role.MANAGER, line.path, now)}
    for id in sorted(told):
        message = Message(said, rows(button("resources.budget.b_line", f"bg:line:{line.id}")))
        key = f"budget-share:{line.id}:{fresh[-1]}:{line.planned}:{id}"
        outbox.send(session, outbox.to_person(id), message, Lane.BULK, now, key=key, unasked=OVERSPENT)
