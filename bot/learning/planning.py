"""The daily push: who is due now, what they get, and the rows for all of them. Set-based; one slice a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, union, update
from sqlalchemy.orm import Session, aliased

from bot.db.once import insert_many_once
from bot.delivery import bulk, outbox
from bot.kit.clock import instant, local
from bot.kit.quiet import is_quiet, quiet_ends
from bot.kit.replies import Message, quietly
from bot.learning import actions, rules, showing, store
from bot.learning.model import Asked, Assignment, Kind, State
from bot.learning.rules import DueNow, WorkedShift
from bot.learning.tables import AssignmentRow, WishRow
from bot.ledger.bulk import record_all
from bot.library import store as library
from bot.library.kinds.registry import fits_poll
from bot.library.model import Lesson
from bot.people import store as people
from bot.people.model import Person
from bot.people.store import as_person, people_on
from bot.people.tables import AccountRow, LeaveRow, PersonRow, RosterRow, UnitRow
from bot.people.worktime import workday

SLICE = 120
REVIEW_SLICE = 25
"""People whose questions must be chosen one by one."""
FAILED = "learning.push_failed"


@dataclass(frozen=True)
class Due:
    """Somebody who is due: on which of their days, until when, whether they are at work, with which lesson."""

    who: Person
    on: date
    expires_at: datetime
    at_work: bool
    lesson: str | None
    because: bool


def push_today(session: Session, now: datetime, most: int = SLICE) -> bool:
    """Plans one slice of today's messages; True while there may be more."""
    shifts = people.shifts(session)
    for zone in _zones(session):
        due = rules.due_now(zone, shifts, now)
        for query, on, expires_at, at_work in _groups(due, now):
            found = [_due(row, on, expires_at, at_work) for row in session.execute(query.limit(most), {"on": on})]
            if found:
                _plan(session, found, now)
                return True
    return False


def _zones(session: Session) -> list[str]:
    """All time zones that people live in."""
    own = select(PersonRow.zone).where(PersonRow.zone.is_not(None))
    return sorted(zone for zone in session.scalars(union(select(UnitRow.zone), own)) if zone)


def _groups(due: DueNow, now: datetime) -> list[tuple[Select[Any], date, datetime, bool]]:
    """The people who are due in a zone: those without a shift, and those of each shift."""
    groups = [(_people(due.zone, due.today, now, _no_shift(due)), due.today, due.day_ends_at, False)]
    groups += [(_people(due.zone, each.on, now, _works(each)), each.on, each.ends_at, True) for each in due.shifts]
    return groups


_listed = aliased(RosterRow)
_shift: ColumnElement[str | None] = case((_listed.person_id.is_not(None), _listed.shift), else_=PersonRow.shift)
"""Which shift somebody works on the day asked about: the roster goes before their usual one."""


def _no_shift(due: DueNow) -> ColumnElement[bool]:
    at = func.coalesce(PersonRow.push_at, people.PUSH_AT)
    hour = at <= due.until if due.after is None else and_(at <= due.until, at > due.after)
    return and_(PersonRow.shift.is_(None), _listed.person_id.is_(None), hour)


def _works(worked: WorkedShift) -> ColumnElement[bool]:
    return _shift == worked.code


def _people(zone: str, on: date, now: datetime, which: ColumnElement[bool]) -> Select[Any]:
    """People who can be reached, are not away, and have no assignment of this day yet; with their lesson."""
    away = exists().where(
        LeaveRow.person_id == PersonRow.id,
        LeaveRow.starts_at <= now,
        or_(LeaveRow.ends_at.is_(None), LeaveRow.ends_at > now),
    )
    reached = exists().where(
        AccountRow.person_id == PersonRow.id, AccountRow.closed_at.is_(None), AccountRow.blocked_at.is_(None)
    )
    given = exists().where(
        AssignmentRow.person_id == PersonRow.id, AssignmentRow.on_date == on, AssignmentRow.kind.in_(store.DAILY)
    )
    wished = store.wished_lesson(PersonRow.id).label("wished")
    unread = store.unread_lesson(PersonRow.id, UnitRow.path, UnitRow.jurisdiction).label("unread")
    return (
        people_on.add_columns(wished, unread)
        .outerjoin(_listed, and_(_listed.person_id == PersonRow.id, _listed.on_date == on))
        .where(
            func.coalesce(PersonRow.zone, UnitRow.zone) == zone,
            PersonRow.left_on.is_(None),
            or_(_listed.person_id.is_not(None), workday(on)),
            which,
            reached,
            ~away,
            ~given,
        )
        .order_by(PersonRow.id)
    )


def _due(row: Any, on: date, expires_at: datetime, at_work: bool) -> Due:
    return Due(as_person(row), on, expires_at, at_work, row.wished or row.unread, row.wished is not None)


def _plan(session: Session, found: Sequence[Due], now: datetime) -> None:
    """Assignments, facts and messages for one slice. Who has no lesson is looked at one by one."""
    with_lesson = [each for each in found if each.lesson is not None]
    _plan_lessons(session, with_lesson, now)
    for each in [each for each in found if each.lesson is None][:REVIEW_SLICE]:
        _plan_review(session, each, now)


def _plan_lessons(session: Session, found: Sequence[Due], now: datetime) -> None:
    if not found:
        return
    lessons = library.lessons(session, {each.lesson for each in found if each.lesson})
    given = _assign(session, [_values(each, lessons, now) for each in found])
    fresh = [(each, given[each.who.id]) for each in found if each.who.id in given]
    record_all(session, [actions.assigned(assignment, each.who, now) for each, assignment in fresh], now)
    wished = [each.who.id for each, _ in fresh if each.because]
    if wished:
        _grant(session, found, wished, now)
    shown = [(each, given, showing.push(given.id, lessons[each.lesson or ""], each.because)) for each, given in fresh]
    _send(session, shown, now)


def _send(session: Session, shown: Sequence[tuple[Due, Assignment, Message]], now: datetime) -> None:
    """Queues the messages of those who have room for one; for the others it waits under Today and was no opportunity."""
    room = _with_room(session, [each for each, _, _ in shown], now)
    parcels, missed = [], []
    for each, given, message in shown:
        parcel = _parcel(each, message, now)
        if parcel is not None and each.who.id in room:
            parcels.append(parcel)
        else:
            missed.append(actions.not_delivered(given, each.who, now))
    record_all(session, missed, now)
    bulk.send_all(session, parcels, outbox.Lane.LESSON, now, topic="push", on_failure=FAILED)


def _values(each: Due, lessons: dict[str, Lesson], now: datetime) -> dict[str, Any]:
    version = lessons[each.lesson].version if each.lesson else None
    return actions.assignment_values(each.who.id, each.on, each.lesson, version, now, each.expires_at)


def _assign(session: Session, rows: list[dict[str, Any]]) -> dict[int, Assignment]:
    """New assignments by person; those whose key exists are left out, so that two planners never send twice."""
    new = insert_many_once(session, AssignmentRow, rows, "key")
    found = session.scalars(select(AssignmentRow).where(AssignmentRow.id.in_(new)))
    return {row.person_id: store.as_assignment(row) for row in found}


def _grant(session: Session, found: Sequence[Due], persons: Sequence[int], now: datetime) -> None:
    for lesson in {each.lesson for each in found if each.because}:
        who = [each.who.id for each in found if each.lesson == lesson and each.who.id in persons]
        which = (WishRow.lesson_id == lesson, WishRow.person_id.in_(who), WishRow.offered_at.is_(None))
        session.execute(update(WishRow).where(*which).values(offered_at=now))


def _with_room(session: Session, found: Sequence[Due], now: datetime) -> set[int]:
    """Who has room in their daily budget. For the others it waits under Today: tomorrow it would be stale."""
    room: set[int] = set()
    by_zone: dict[str, list[int]] = {}
    for each in found:
        by_zone.setdefault(each.who.zone, []).append(each.who.id)
    for zone, persons in by_zone.items():
        day = local(now, zone).date()
        starts, ends = instant(day, time(), zone), instant(day + timedelta(days=1), time(), zone)
        used = bulk.unasked(session, persons, starts, ends)
        room |= {person for person in persons if used.get(person, 0) < outbox.budget.per_day}
    return room


def _start(each: Due, now: datetime) -> datetime | None:
    """When it may be sent: off work not before quiet hours end; None where that is too late."""
    start = now if each.at_work else quiet_ends(each.who.quiet, now)
    return start if start < each.expires_at else None


def _parcel(each: Due, message: Message, now: datetime) -> bulk.Parcel | None:
    """The message at its time; at work it comes at once, without a sound in quiet hours."""
    start = _start(each, now)
    if start is None:
        return None
    message = quietly(message) if is_quiet(each.who.quiet, start) else message
    return bulk.Parcel(each.who.id, message, f"push:{each.who.id}:{each.on}", start, each.expires_at)


def _plan_review(session: Session, each: Due, now: datetime) -> None:
    """Everything is read: one native quiz where one fits, in the place of an older one; else an invitation."""
    actions.lapse_polls(session, each.who.id, now)
    due = store.due_questions(session, each.who, now, rules.QUESTIONS)
    chosen = rules.compose(due, [], store.new_questions(session, each.who, rules.QUESTIONS), after_lesson=False)
    fitting = _fitting(session, chosen, each.who.lang)
    kind = Kind.NOTHING if not chosen else Kind.POLL if fitting else Kind.REVIEW
    values = actions.assignment_values(each.who.id, each.on, None, None, now, each.expires_at, kind)
    given = _assign(session, [values]).get(each.who.id)
    if given is None or not chosen:
        return
    count = store.count_due(session, each.who, now)
    record_all(session, [actions.assigned(given, each.who, now, count)], now)
    message = showing.push_review(given.id, count)
    if fitting is not None and _start(each, now) is not None and _with_room(session, [each], now):
        message = _poll(session, given, each.who, fitting, now)
    _send(session, [(each, given, message)], now)


def _fitting(session: Session, ids: Sequence[str], lang: str) -> str | None:
    for id in ids:
        found = library.question(session, id)
        if found is not None and fits_poll(found.question, lang):
            return id
    return None


def _poll(session: Session, given: Assignment, who: Person, question: str, now: datetime) -> Message:
    id = actions.add_attempt(session, given.id, who.id, question, 1)
    planned = store.attempt(session, id)
    assert planned is not None
    asked = actions.ask(session, planned, who, now)
    return showing.poll(asked, actions.published(session, asked))


def push_failed(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A push never arrived: no opportunity, and a native quiz that nobody saw lies open no longer."""
    person = payload.get("person")
    _, _, day = str(payload.get("key") or "").rpartition(":")
    query = select(AssignmentRow).where(AssignmentRow.key == f"push:{person}:{day}")
    row = session.scalar(query)
    if row is None or row.state != State.OFFERED:
        return
    given = store.as_assignment(row)
    who = people.person(session, given.person, now)
    if who is not None:
        record_all(session, [actions.not_delivered(given, who, now)], now)
    for each in store.attempts(session, given.id):
        if actions.move(session, each, Asked.OPEN, Asked.LAPSED) and who is not None:
            record_all(session, [actions.never_seen(each, who, now)], now)
