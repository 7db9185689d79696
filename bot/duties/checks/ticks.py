"""What falls due: the week's draw, one message to whoever is to look, and what nobody looked at, a level up."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import outbox, schedules
from bot.delivery.outbox import Lane
from bot.delivery.schedules import Run, Schedule, Slice
from bot.duties.above import above
from bot.duties.checks import actions, leaving, showing, store
from bot.duties.checks.model import LATE, LOOK, MISSED, State
from bot.duties.checks.tables import DutyCheckRow
from bot.kit.replies import Message
from bot.kit.room import Tick
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact, Subscription
from bot.people import store as people

UNITS, SLICE = 5, 20
WEEKLY = Schedule("duties.checks.draw", "duties.checks.draw", "0 6 * * 1", catch_up=timedelta(days=2))


def draw(session: Session, schedule: Schedule, run: Run, now: datetime) -> Slice:
    """Draws, unit by unit, whose duties are looked at this week."""
    units = sorted((each for each in people.units(session) if each.id > run.cursor), key=lambda each: each.id)[:UNITS]
    drawn = sum(actions.draw(session, unit, run.name, now) for unit in units)
    return Slice(units[-1].id if units else run.cursor, drawn, len(units) == UNITS)


def ask(session: Session, now: datetime) -> bool:
    """Tells each who is to look, in one message, once the draw is done."""
    waits = (DutyCheckRow.state == State.DRAWN.value, DutyCheckRow.asked_at.is_(None))
    if schedules.running(session, [WEEKLY.key]) is not None:
        return False
    who = session.scalars(select(DutyCheckRow.checker_id).where(*waits).distinct().limit(SLICE)).all()
    for checker in who:
        claim = update(DutyCheckRow).where(*waits, DutyCheckRow.checker_id == checker).values(asked_at=now)
        found = store.open_for(session, checker)
        if changed(session, claim) and found:
            key = f"duty-checks:{checker}:{found[-1].id}"
            message = showing.asked(session, found, now)
            to = outbox.to_person(checker)
            outbox.send(session, to, message, Lane.LESSON, now, key=key, topic="duties.checks", unasked=LOOK)
    return len(who) == SLICE


def note_missed(session: Session, now: datetime) -> bool:
    """Notes what nobody looked at in time, and tells whoever is a level above the one who was to look."""
    query = select(DutyCheckRow).where(DutyCheckRow.state == State.DRAWN.value, DutyCheckRow.due_at <= now)
    some = session.scalars(query.order_by(DutyCheckRow.id).limit(SLICE)).all()
    missed: dict[tuple[int, str], int] = {}
    for row in some:
        which = (DutyCheckRow.id == row.id, DutyCheckRow.state == State.DRAWN.value)
        if changed(session, update(DutyCheckRow).where(*which).values(state=State.MISSED.value)) == 1:
            body = {"check": row.id, "round": row.round}
            record(session, Fact(MISSED, f"duty-check:{row.id}:missed", now, row.checker_id, body=body), now)
            missed[row.checker_id, row.round] = missed.get((row.checker_id, row.round), 0) + 1
    for (checker, round), count in missed.items():
        who = people.person(session, checker, now)
        for leader in above(session, who, now) if who is not None else ():
            message = Message(text("duties.checks.late", name=who.name if who else "", count=count))
            key = f"duty-checks-late:{checker}:{round}:{leader.id}"
            outbox.send(session, outbox.to_person(leader.id), message, Lane.LESSON, now, key=key, unasked=LATE)
    return len(some) == SLICE


TICKS = (
    schedules.tick(WEEKLY, draw, 60),
    Tick("duties.checks.ask", ask, 60),
    Tick("duties.checks.note_missed", note_missed, 300),
)
JOBS = {actions.KEPT: actions.photo_kept}
SUBSCRIPTIONS = (Subscription("PersonLeft", "duties.checks", leaving.pass_on),)
