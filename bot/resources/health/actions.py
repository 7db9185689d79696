"""Entering when health checks are due, and noting that somebody was there. Each in the caller's transaction."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import speaking
from bot.people import store as people
from bot.people.company import leaders
from bot.people.model import Role
from bot.resources.health import rules, store
from bot.resources.health.model import DONE, DUE, ENTERED, ESCALATED, OVERDUE, REMINDED, Checkup
from bot.resources.health.tables import CheckupRow

KEEPER = Role.HR


def enter(session: Session, by: int, person: int, due_on: date, every_months: int, now: datetime) -> None:
    """When somebody's next health check is due. Refused: to others than HR of their unit."""
    who = people.person(session, person, now)
    if who is None or who.left_on is not None or not speaking.holds(session, by, KEEPER, who.path, now):
        raise Refused("resources.not_yours")
    values = {"person_id": person, "due_on": due_on, "every_months": every_months}
    id = insert_once(session, CheckupRow, values, "person_id")
    if id is None:
        fresh = values | {"reminded_for": None, "escalated_for": None, "ended_at": None}
        session.execute(update(CheckupRow).where(CheckupRow.person_id == person).values(**fresh))
        found = store.of(session, person)
        assert found is not None
        id = found.id
    record(session, Fact(ENTERED, f"checkup:{id}:{due_on}:{now.isoformat()}", now, person, body={"checkup": id}), now)


def done(session: Session, by: int, id: int, due_on: date, now: datetime) -> date | None:
    """Somebody was there: they say so, or HR does; answers when the next one is due. Refused: to others, and the second time."""
    found = store.checkup(session, id)
    who = people.person(session, found.person, now) if found is not None else None
    if found is None or who is None or (found.person != by and not speaking.holds(session, by, KEEPER, who.path, now)):
        raise Refused("resources.not_yours")
    today = people.today_of(who, now)
    later = rules.next_due(found, today)
    values = {"done_on": today, "due_on": later or found.due_on, "ended_at": None if later else now}
    which = (CheckupRow.id == id, CheckupRow.due_on == due_on, store.OPEN)
    if changed(session, update(CheckupRow).where(*which).values(**values)) != 1:
        raise Refused("resources.changed_meanwhile")
    body = {"checkup": id, "late": max((today - due_on).days, 0)}
    record(session, Fact(DONE, f"checkup:{id}:done:{due_on}", now, found.person, body=body), now)
    return later


def remind(session: Session, found: Checkup, now: datetime) -> None:
    """Once a due day: whoever has it."""
    which = (
        CheckupRow.id == found.id,
        CheckupRow.due_on == found.due_on,
        CheckupRow.reminded_for.is_distinct_from(found.due_on),
    )
    if changed(session, update(CheckupRow).where(*which).values(reminded_for=found.due_on)) != 1:
        return
    body = {"checkup": found.id, "days": (found.due_on - now.date()).days}
    record(session, Fact(REMINDED, f"checkup:{found.id}:due:{found.due_on}", now, found.person, body=body), now)
    key = f"checkup:{found.id}:due:{found.due_on}"
    outbox.send(session, outbox.to_person(found.person), card(found, now.date()), Lane.BULK, now, key=key, unasked=DUE)


def escalate(session: Session, found: Checkup, now: datetime) -> None:
    """Once a due day that is over: those who lead them, so that they get the time."""
    which = (
        CheckupRow.id == found.id,
        CheckupRow.due_on == found.due_on,
        CheckupRow.escalated_for.is_distinct_from(found.due_on),
    )
    who = people.person(session, found.person, now)
    if changed(session, update(CheckupRow).where(*which).values(escalated_for=found.due_on)) != 1 or who is None:
        return
    body = {"checkup": found.id, "days": (now.date() - found.due_on).days}
    record(session, Fact(ESCALATED, f"checkup:{found.id}:overdue:{found.due_on}", now, found.person, body=body), now)
    for leader in leaders(session, who.path, now, besides=found.person):
        message = Message(text("resources.health.overdue", name=who.name))
        key = f"checkup:{found.id}:overdue:{found.due_on}:{leader.id}"
        outbox.send(session, outbox.to_person(leader.id), message, Lane.BULK, now, key=key, unasked=OVERDUE)


def card(found: Checkup, today: date) -> Message:
    """One's own health check. The due day stands in the button, so that an old one does nothing."""
    said = text("resources.health.due", due=found.due_on.isoformat(), is_over=rules.overdue(found, today))
    return Message(said, rows(button("resources.health.b_done", f"hc:done:{found.id}:{found.due_on.toordinal()}")))
