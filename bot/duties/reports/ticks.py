"""What falls due: the month's reports are asked for; what did not come is noted, and seen a level up."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import outbox, schedules
from bot.delivery.outbox import Lane
from bot.delivery.schedules import Run, Schedule, Slice
from bot.duties import store as duties
from bot.duties.above import above
from bot.duties.reports import actions, rules, store
from bot.duties.reports.model import MISSED, MISSING, State
from bot.duties.reports.tables import SafetyReportRow, SiteVisitRow
from bot.kit.replies import Message, button, rows
from bot.kit.room import Tick
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people

SLICE, MOST_NAMED = 15, 10
PLACES_KEPT = timedelta(days=90)
MONTHLY = Schedule("duties.reports.ask", "duties.reports.ask", "0 6 1 * *", catch_up=timedelta(days=5))


def ask(session: Session, schedule: Schedule, run: Run, now: datetime) -> Slice:
    """Asks everybody who leads, and whose duties are in force, for the safety report of the month before."""
    ids = store.leaders(session, run.cursor, SLICE, now)
    month, asked = rules.month_before(run.due_at.date()), 0
    for id in ids:
        who = people.person(session, id, now)
        # a company that has not put its leaders' duties in force is asked for nothing
        if who is not None and duties.of(session, who) is not None:
            asked += actions.ask(session, who, month, now)
    return Slice(ids[-1] if ids else run.cursor, asked, len(ids) == SLICE)


def note_missed(session: Session, now: datetime) -> bool:
    """Notes reports that did not come in time."""
    query = select(SafetyReportRow).where(SafetyReportRow.state == State.ASKED.value, SafetyReportRow.due_at <= now)
    some = session.scalars(query.order_by(SafetyReportRow.id).limit(SLICE)).all()
    for row in some:
        which = (SafetyReportRow.id == row.id, SafetyReportRow.state == State.ASKED.value)
        who = people.person(session, row.person_id, now)
        if who is None or who.left_on is not None:
            session.execute(delete(SafetyReportRow).where(*which))
            continue
        if changed(session, update(SafetyReportRow).where(*which).values(state=State.MISSED.value)) == 1:
            body = {"report": row.id, "month": int(row.month.replace("-", ""))}
            record(session, Fact(MISSED, f"safety-report:{row.id}:missed", now, row.person_id, body=body), now)
    return len(some) == SLICE


def tell_above(session: Session, now: datetime) -> bool:
    """Once a month's day is over, tells each leader in one message which reports from below came and which did not."""
    settled = (SafetyReportRow.due_at <= now, SafetyReportRow.above_told_at.is_(None))
    found = (*settled, SafetyReportRow.state != State.ASKED.value)
    months = session.scalars(select(SafetyReportRow.month).where(*found).distinct()).all()
    for month in months:
        readers: dict[int, list[SafetyReportRow]] = {}
        claim = update(SafetyReportRow).where(*found, SafetyReportRow.month == month)
        rows_due = session.scalars(select(SafetyReportRow).where(*found, SafetyReportRow.month == month)).all()
        for row in rows_due:
            who = people.person(session, row.person_id, now)
            for leader in above(session, who, now) if who is not None else ():
                readers.setdefault(leader.id, []).append(row)
        changed(session, claim.values(above_told_at=now))
        for reader, mine in readers.items():
            _tell(session, reader, month, mine, now)
    return False


def _tell(session: Session, leader: int, month: str, mine: list[SafetyReportRow], now: datetime) -> None:
    missed = [row for row in mine if row.state == State.MISSED.value]
    named = people.persons(session, [row.person_id for row in missed], now)
    names = [named[row.person_id].name for row in missed if row.person_id in named]
    said = text(
        "duties.reports.digest", month=f"{month}-01", asked=len(mine), came=len(mine) - len(missed),
        names=names[:MOST_NAMED], more=max(0, len(names) - MOST_NAMED),
    )  # fmt: skip
    message = Message(said, rows(button("duties.reports.b_reports", "dsr:all:0")))
    key = f"safety-reports:{month}:{leader}:{mine[0].id}"
    outbox.send(session, outbox.to_person(leader), message, Lane.LESSON, now, key=key, unasked=MISSING)


def forget_places(session: Session, now: datetime) -> bool:
    """Erases where visits were, after some months: what counts is that there were any, and what was seen."""
    old = (SiteVisitRow.at < now - PLACES_KEPT, SiteVisitRow.latitude.is_not(None))
    changed(session, update(SiteVisitRow).where(*old).values(latitude=None, longitude=None))
    return False


TICKS = (
    Tick("duties.reports.forget_places", forget_places, 3600),
    schedules.tick(MONTHLY, ask, 300),
    Tick("duties.reports.note_missed", note_missed, 300),
    Tick("duties.reports.tell_above", tell_above, 300),
)
JOBS = {actions.KEPT: actions.photo_kept}
