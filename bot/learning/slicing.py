"""One slice of the daily push, by sets: from who is due to assignments, facts and messages, in a dozen statements.

A working table that only this connection sees holds the people of the slice; each step fills in a column of it or writes
from it. Nothing is done person by person: the message is a template a lesson, with the assignment's number as its blank.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Executable, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from bot.db import sets
from bot.db.once import table_of
from bot.db.writer import after_commit
from bot.delivery import backlog, budget
from bot.kit.quiet import QuietHours, is_quiet, quiet_ends
from bot.kit.replies import quietly, to_json
from bot.learning import model, showing
from bot.learning.plans import aims
from bot.learning.plans.aims import Hour
from bot.learning.plans.model import Plan
from bot.learning.slice_writing import BLANK, TOPIC, assigned, not_delivered, writing
from bot.learning.tables import AssignmentRow, ReadingRow, WishRow
from bot.learning.working import course, s, words
from bot.ledger.bulk import record_from
from bot.library import store as library
from bot.library.store import lesson_holds
from bot.library.tables import LessonRow
from bot.people.tables import UnitRow

MOST_TEMPLATES = 500
_templates: dict[tuple[str, int, bool, bool], dict[str, Any]] = {}


@dataclass(frozen=True)
class Day:
    """What all people of a slice share: the date, when it ends for them, their zone, whether they are at work."""

    on: date
    expires_at: datetime
    zone: str
    at_work: bool
    starts_at: datetime
    """Of the local day in which messages are counted."""
    ends_at: datetime
    hour: Hour = aims.ANY
    """Whose hour it is by their plans."""


@dataclass(frozen=True)
class Found:
    """How many are due, up to whom, for how many a lesson was found, and whether any lesson was wished for."""

    count: int
    lessons: int
    wished: bool


def find(
    session: Session, due: sa.Select[Any], values: dict[str, Any], held: Sequence[Plan] = (), hour: Hour = aims.ANY
) -> Found:
    """Puts the people of `due` (their columns named as in the table) into the slice, each with their lesson.

    Of them those stay whose day and hour it is by the plans that hold.
    """
    engine = session.get_bind().dialect.name
    sets.working_tables(session, s, course, words)
    columns = {
        each: due.selected_columns[each] for each in ("person_id", "unit_id", "post", "quiet_start", "quiet_end")
    }
    session.execute(sets.insert_from(engine, s, columns, due), values)
    if not session.scalar(select(exists().select_from(s))):
        return Found(0, 0, False)
    aimed, planned = aims.narrow(session, held, values["on"], hour)
    for statement in _choosing(engine, aimed, planned, aims.posts(session)):
        session.execute(statement)
    row = session.execute(
        select(func.count(), func.count(s.c.lesson_id), func.count().filter(s.c.because)).select_from(s)
    ).one()
    return Found(row[0], row[1], row[2] > 0)


@cache
def _choosing(engine: str, aimed: bool, planned: bool, posts: bool) -> tuple[Executable, ...]:
    """The lesson of each: what was wished for, else what their plans put first, else the first that they have not read:

    of those about the topics of their own post, then of all.
    """
    waits = (
        select(WishRow.lesson_id)
        .join(LessonRow, LessonRow.id == WishRow.lesson_id)
        .where(WishRow.person_id == s.c.person_id, WishRow.offered_at.is_(None), LessonRow.retired_at.is_(None))
    )
    wished = waits.order_by(WishRow.at, WishRow.lesson_id).limit(1).scalar_subquery()
    unit, read = aliased(UnitRow), table_of(ReadingRow)
    here = (
        select(unit)
        .join(LessonRow, LessonRow.retired_at.is_(None))
        .where(unit.id.in_(select(s.c.unit_id)), lesson_holds(unit.path, unit.jurisdiction))
    )
    unread = (
        select(course.c.lesson_id)
        .where(
            course.c.unit_id == s.c.unit_id,
            ~exists()
            .where(read.c.person_id == s.c.person_id, read.c.lesson_id == course.c.lesson_id)
            .correlate_except(read),
        )
        .order_by(course.c.position, course.c.lesson_id)
        .limit(1)
        .scalar_subquery()
    )
    lessons = {
        "unit_id": unit.id, "position": LessonRow.position, "lesson_id": LessonRow.id, "topic": LessonRow.topic,
    }  # fmt: skip
    before = ([aims.planned_lesson()] if planned else []) + ([aims.own_lesson()] if posts else [])
    values: dict[str, Any] = {"lesson_id": wished, "because": waits.exists()}
    if aimed:
        values["topic"] = aims.topic_first()
    return (
        update(s).values(**values),
        sets.insert_from(engine, course, lessons, here),
        update(s).where(s.c.lesson_id.is_(None)).values(lesson_id=func.coalesce(*before, unread) if before else unread),
    )


def without_lesson(session: Session, most: int) -> list[int]:
    """The first people of the slice who have read everything."""
    query = select(s.c.person_id).where(s.c.lesson_id.is_(None)).order_by(s.c.person_id).limit(most)
    return list(session.scalars(query))


def cut(session: Session, after: int) -> None:
    """Leaves the people after somebody to the next slice."""
    session.execute(sa.delete(s).where(s.c.person_id > after))


def plan(session: Session, day: Day, found: Found, now: datetime) -> int:
    """Assignments, facts and messages for all who have a lesson; answers how many were assigned one."""
    values = {"now": now, "on": day.on, "day": f"{day.on}", "expires_at": day.expires_at}
    writes = writing(session.get_bind().dialect.name)
    newest = session.scalar(select(func.max(AssignmentRow.id))) or 0
    session.execute(writes.assign, values)
    session.execute(writes.number, {"newest": newest, "day": f"{day.on}"})
    full = s.c.used >= budget.budget.per_day
    count, fits = session.execute(
        select(func.count(s.c.assignment_id), func.count(s.c.start_at).filter(~full, s.c.assignment_id.is_not(None)))
    ).one()
    if count < found.count:
        session.execute(writes.drop_raced)
    record_from(session, model.LESSON_ASSIGNED, assigned, now)
    if found.wished:
        session.execute(writes.grant, {"now": now})
    if fits < count:
        _make_room(session, day, now)
        session.execute(writes.leave_out, {"places": budget.budget.per_day})
        record_from(session, model.NOT_DELIVERED, not_delivered, now)
    if _put_words(session):
        if waiting := [id for id in session.scalars(writes.waiting) if id is not None]:
            session.execute(writes.replace, {"now": now, "ids": waiting})
        session.execute(writes.send, values)
        after_commit(session, "outbox")
    return int(count)


def place(session: Session, day: Day, now: datetime) -> None:
    """When each message may go (at work at once, without a sound in quiet hours; else when those end), and how full the day is."""
    write = writing(session.get_bind().dialect.name).place
    for start, end in session.execute(select(s.c.quiet_start, s.c.quiet_end).distinct()).all():
        quiet = QuietHours(start, end, day.zone)
        at = now if day.at_work else quiet_ends(quiet, now)
        values = {"start": start, "end": end, "at": at if at < day.expires_at else None, "quiet": is_quiet(quiet, at)}
        session.execute(write, values | {"starts": day.starts_at, "ends": day.ends_at})


def _make_room(session: Session, day: Day, now: datetime) -> None:
    """Of the few whose day is full: what waits for later today gives way, where the lesson goes before it."""
    full = select(s.c.person_id).where(s.c.used >= budget.budget.per_day, s.c.start_at.is_not(None))
    for person in session.scalars(full).all():
        there = budget.taken(session, person, day.starts_at, day.ends_at, TOPIC)
        behind = budget.gives_way(model.PUSH, there, now)
        if behind is not None:
            backlog.displace(session, behind.id, person, now)
        if behind is not None or len(there) < budget.budget.per_day:
            session.execute(update(s).where(s.c.person_id == person).values(used=0))


def _put_words(session: Session) -> bool:
    """The templates that the slice needs; False where nobody gets a message."""
    kinds = select(s.c.lesson_id, s.c.version, s.c.because, s.c.silent).where(s.c.start_at.is_not(None)).distinct()
    rows = [_template(session, *kind) for kind in session.execute(kinds).all()]
    if rows:
        session.execute(sa.insert(words), rows)
    return bool(rows)


def _template(session: Session, lesson: str, version: int, because: bool, silent: bool) -> dict[str, Any]:
    """The message of a lesson as JSON with a blank. Made once: what was published is never changed."""
    key = (lesson, version, because, silent)
    if key not in _templates:
        found = library.lesson(session, lesson, version)
        assert found is not None, "versions are never deleted"
        message = showing.push(BLANK, found, because)
        shown = to_json(quietly(message) if silent else message)
        if len(_templates) > MOST_TEMPLATES:
            _templates.clear()
        _templates[key] = {
            "lesson_id": lesson, "because": because, "silent": silent, "ref": message.ref,
            "template": json.dumps(shown, ensure_ascii=False, separators=(",", ":")),
        }  # fmt: skip
    return _templates[key]
