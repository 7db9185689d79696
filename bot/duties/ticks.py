"""What falls due: lists given to joiners and to whoever has a new post, messages about them, reminders, what is left lying."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.delivery.tables import DraftRow
from bot.duties import actions, chasing, showing, store, taking
from bot.duties.above import above
from bot.duties.checks.model import DRAFT as CHECK_DRAFT
from bot.duties.goals.model import DRAFT as GOAL_DRAFT
from bot.duties.model import BEHIND, REMINDER, YOURS
from bot.duties.reports.model import REPORT_DRAFT, VISIT_DRAFT
from bot.duties.rules import REMIND_AFTER, TELL_AFTER
from bot.duties.tables import DutyFileRow, DutyGivenRow
from bot.kit.replies import Message, button, rows
from bot.kit.room import Tick
from bot.kit.texts import text
from bot.people import store as people
from bot.people.tables import AccountRow

SLICE = 20
FILE_WAITS, REPORT_WAITS = timedelta(days=7), timedelta(days=90)
LEFT = (taking.DRAFT, CHECK_DRAFT, GOAL_DRAFT, VISIT_DRAFT)
_REACHED = exists().where(
    AccountRow.person_id == DutyGivenRow.person_id, AccountRow.closed_at.is_(None), AccountRow.blocked_at.is_(None)
)


def give_to_all(session: Session, now: datetime) -> bool:
    """Gives each list to those it binds who have not had it: joiners, a new post, a new version, and once a year."""
    left = actions.withdraw(session, now, SLICE) == SLICE
    given = 0
    for found in store.lists(session):
        given += actions.give(session, found, now, SLICE)
        if given >= SLICE:
            return True
    return left


def tell(session: Session, now: datetime) -> bool:
    """Sends their duties to those whom a message can reach; whoever has no phone yet gets them when they have."""
    query = select(DutyGivenRow).where(*store.OPEN, DutyGivenRow.told_at.is_(None), _REACHED).order_by(DutyGivenRow.id)
    some = session.scalars(query.limit(SLICE).execution_options(populate_existing=True)).all()
    for row in some:
        if _claimed(session, row.id, DutyGivenRow.told_at, now):
            found = store.one(session, row.list_id)
            assert found is not None
            given = store.as_given(row)
            message = Message(showing.words(session, found, given, now), showing.keys(found, given))
            key = f"duty-given:{row.id}:{now.date()}"
            outbox.send(
                session,
                outbox.to_person(row.person_id),
                message,
                Lane.LESSON,
                now,
                key=key,
                topic="duties",
                unasked=YOURS,
            )
    return len(some) == SLICE


def remind(session: Session, now: datetime) -> bool:
    """Asks once more, two days after they were told."""
    query = select(DutyGivenRow).where(
        *store.OPEN, DutyGivenRow.told_at <= now - REMIND_AFTER, DutyGivenRow.reminded_at.is_(None)
    )
    some = session.scalars(query.order_by(DutyGivenRow.id).limit(SLICE)).all()
    for row in some:
        if _claimed(session, row.id, DutyGivenRow.reminded_at, now):
            message = Message(text("duties.reminder"), rows(button("duties.b_read", "du:mine")))
            key = f"duty-given:{row.id}:reminder"
            to = outbox.to_person(row.person_id)
            outbox.send(session, to, message, Lane.LESSON, now, key=key, topic="duties", unasked=REMINDER)
    return len(some) == SLICE


def tell_above(session: Session, now: datetime) -> bool:
    """Tells whoever is a level above of all who are behind, once for each, in one message."""
    query = select(DutyGivenRow).where(
        *store.OPEN, DutyGivenRow.given_at <= now - TELL_AFTER, DutyGivenRow.above_told_at.is_(None)
    )
    some = session.scalars(query.order_by(DutyGivenRow.id).limit(SLICE)).all()
    named: dict[int, list[str]] = {}
    for row in some:
        who = people.person(session, row.person_id, now)
        if who is None or who.left_on is not None or not _claimed(session, row.id, DutyGivenRow.above_told_at, now):
            continue
        for leader in above(session, who, now):
            named.setdefault(leader.id, []).append(who.name)
    for reader, names in named.items():
        more = len(names) - showing.MOST_NAMED
        message = Message(
            text("duties.behind", names=names[: showing.MOST_NAMED], more=max(0, more), count=len(names)),
            rows(button("duties.b_all", "du:all")),
        )
        key = f"duty-behind:{reader}:{some[0].id}:{now.isoformat()}"
        outbox.send(session, outbox.to_person(reader), message, Lane.LESSON, now, key=key, unasked=BEHIND)
    return len(some) == SLICE


def _claimed(session: Session, id: int, column: object, now: datetime) -> bool:
    name = column.key  # type: ignore[attr-defined]
    which = (DutyGivenRow.id == id, *store.OPEN, getattr(DutyGivenRow, name).is_(None))
    return changed(session, update(DutyGivenRow).where(*which).values({name: now})) == 1


def forget_what_was_left(session: Session, now: datetime) -> bool:
    """Erases files that nobody decided about, and conversations that nobody went on with."""
    changed(session, delete(DraftRow).where(DraftRow.kind.in_(LEFT), DraftRow.touched_at < now - FILE_WAITS))
    old = (DraftRow.kind == REPORT_DRAFT, DraftRow.touched_at < now - REPORT_WAITS)
    changed(session, delete(DraftRow).where(*old))
    changed(session, delete(DutyFileRow).where(DutyFileRow.created_at < now - FILE_WAITS))
    return False


TICKS = (
    Tick("duties.give", give_to_all, 300),
    Tick("duties.tell", tell, 60),
    Tick("duties.remind", remind, 600),
    Tick("duties.tell_above", tell_above, 600),
    Tick("duties.forget_what_was_left", forget_what_was_left, 3600),
)
JOBS = {**taking.INTAKE.jobs, taking.WRITE: taking.WRITTEN, chasing.JOB: chasing.chase_slice}
