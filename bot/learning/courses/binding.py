"""Whom a course binds right now: one set-based statement a rule, over a slice of the people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.kit.clock import instant
from bot.learning.courses import rules, store
from bot.learning.courses.model import STANDING, Binding, Cause, Course, Offer, Step
from bot.learning.courses.rules import Reach
from bot.learning.courses.tables import CompletionRow, CourseGivenRow
from bot.people.tables import LeaveRow, PersonRow, PlacementRow, PostRow, UnitRow

_before = aliased(PlacementRow)


@dataclass(frozen=True)
class Bound:
    """Somebody whom a rule binds anew. `key` is the business key of what gave it."""

    person: int
    unit: int
    post: str
    cause: Cause
    key: str
    due_on: date


@dataclass(frozen=True)
class Slice:
    """The people with `after` < id <= `until`."""

    after: int
    until: int


@dataclass(frozen=True)
class Company:
    """What rules look up: the topics of posts, the paths of units by code."""

    topics: dict[str, Sequence[str]]
    paths: dict[str, str]


def company(session: Session) -> Company:
    """The company as rules see it."""
    topics: dict[str, Sequence[str]] = {row.code: row.topics or () for row in session.scalars(select(PostRow))}
    units = session.execute(select(UnitRow.code, UnitRow.path).where(UnitRow.code.is_not(None)))
    return Company(topics, {row.code: row.path for row in units})


def bound(session: Session, offer: Offer, of: Slice, on: date) -> Iterator[list[Bound]]:
    """The people of a slice whom each rule of a course binds anew on a day; the next rule is asked after they are kept."""
    known, above = company(session), offer.path
    standing = [rules.reach(each, known.topics, known.paths) for each in rules.standing(offer.course)]
    for binding in offer.course.binds:
        to = rules.reach(binding, known.topics, known.paths)
        query = _people(offer.course, to, above, of, on)
        if binding.cause is Cause.NEW:
            yield _new(session, query, offer.course, binding, on)
        elif binding.cause is Cause.MOVED:
            yield _moved(session, query, offer.course, binding, on)
        elif binding.cause is Cause.RETURNED:
            yield _returned(session, query, offer.course, binding, on)
        elif binding.cause is Cause.EXPIRED:
            if standing:
                query = query.where(or_(*(_in(each) for each in standing)))
            yield _expired(session, query, offer.course, binding, on)
        else:
            yield _held(session, query, offer.course, binding, on)


def freed(session: Session, offer: Offer, of: Slice, on: date) -> list[CourseGivenRow]:
    """What people of a slice have open although its rule holds no more, or they have left."""
    known = company(session)
    reaches = {
        cause: [rules.reach(b, known.topics, known.paths) for b in offer.course.binds if b.cause is cause]
        for cause in STANDING
    }
    everything = [each for found in reaches.values() for each in found]
    query = (
        select(CourseGivenRow, PlacementRow.post, UnitRow.path)
        .join(PersonRow, PersonRow.id == CourseGivenRow.person_id)
        .outerjoin(PlacementRow, and_(PlacementRow.person_id == PersonRow.id, _placed(on), PersonRow.left_on.is_(None)))
        .outerjoin(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .where(
            CourseGivenRow.course_id == offer.course.id,
            CourseGivenRow.state == Step.OPEN,
            CourseGivenRow.person_id > of.after,
            CourseGivenRow.person_id <= of.until,
        )
    )
    force = tuple(each.path for each in store.in_force(session, on) if each.course.id == offer.course.id)
    found = []
    for row, post, path in session.execute(query):
        asked = everything if row.cause in {*STANDING, Cause.EXPIRED} else []
        elsewhere = path is None or (row.cause not in (Cause.BY_HAND, Cause.PLANNED) and not path.startswith(force))
        if elsewhere or (asked and not any(rules.reaches(each, post, path) for each in asked)):
            found.append(row)
    return found


def _placed(on: date) -> ColumnElement[bool]:
    return and_(PlacementRow.starts_on <= on, or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > on))


def _in(to: Reach) -> ColumnElement[bool]:
    posts = PlacementRow.post.in_(sorted(to.posts)) if to.posts is not None else None
    paths = None if to.paths is None else or_(false(), *(UnitRow.path.startswith(each) for each in to.paths))
    parts = [each for each in (posts, paths) if each is not None]
    return and_(*parts) if parts else PersonRow.id > 0


def _people(course: Course, to: Reach, above: str, of: Slice, on: date) -> Any:
    """People of a slice who work here, whom a rule reaches, and who have the course not open already."""
    open_ = exists().where(
        CourseGivenRow.person_id == PersonRow.id,
        CourseGivenRow.course_id == course.id,
        CourseGivenRow.state == Step.OPEN,
    )
    return (
        select(PersonRow.id, UnitRow.id.label("unit"), PlacementRow.post, PersonRow.joined_on)
        .join(PlacementRow, and_(PlacementRow.person_id == PersonRow.id, _placed(on)))
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .where(
            PersonRow.id > of.after,
            PersonRow.id <= of.until,
            PersonRow.left_on.is_(None),
            PersonRow.joined_on <= on,
            UnitRow.path.startswith(above),
            _in(to),
            ~open_.correlate_except(CourseGivenRow),
        )
        .order_by(PersonRow.id)
    )


def _done(course: Course, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = (CompletionRow.person_id == PersonRow.id, CompletionRow.course_id == course.id)
    return exists().where(*mine, CompletionRow.revoked_on.is_(None), *more).correlate_except(CompletionRow)


def _bound(row: Any, course: Course, cause: Cause, mark: object, due: date) -> Bound:
    key = f"course:{course.id}:{row.id}:{cause.value}:{mark}"
    return Bound(row.id, row.unit, row.post, cause, key, due)


def _held(session: Session, query: Select[Any], course: Course, binding: Binding, on: date) -> list[Bound]:
    counts = exists().where(
        CompletionRow.person_id == PersonRow.id, CompletionRow.course_id == course.id, store.counts_on(on)
    )
    rows = session.execute(query.where(~counts.correlate_except(CompletionRow)))
    due = rules.due_on(binding, on, on)
    return [_bound(row, course, binding.cause, on, due) for row in rows]


def _new(session: Session, query: Select[Any], course: Course, binding: Binding, on: date) -> list[Bound]:
    query = query.where(PersonRow.joined_on > on - timedelta(days=max(binding.days, rules.GRACE.days)), ~_done(course))
    return [
        _bound(row, course, binding.cause, row.joined_on, rules.due_on(binding, on, row.joined_on))
        for row in session.execute(query)
    ]


def _moved(session: Session, query: Select[Any], course: Course, binding: Binding, on: date) -> list[Bound]:
    other = exists().where(
        _before.person_id == PersonRow.id,
        _before.ends_on == PlacementRow.starts_on,
        _before.post != PlacementRow.post,
    )
    query = query.add_columns(PlacementRow.id.label("mark"), PlacementRow.starts_on).where(
        PlacementRow.starts_on > on - rules.EVENT,
        other.correlate_except(_before),
        ~_done(course, CompletionRow.completed_on >= PlacementRow.starts_on),
    )
    return [
        _bound(row, course, binding.cause, row.mark, rules.due_on(binding, on, row.starts_on))
        for row in session.execute(query)
    ]


def _returned(session: Session, query: Select[Any], course: Course, binding: Binding, on: date) -> list[Bound]:
    ended = func.date(LeaveRow.ends_at)
    today = instant(on + timedelta(days=1), time(), "UTC")
    query = (
        query.add_columns(LeaveRow.id.label("mark"), LeaveRow.starts_at, LeaveRow.ends_at)
        .join(LeaveRow, LeaveRow.person_id == PersonRow.id)
        .where(
            LeaveRow.ends_at < today,
            LeaveRow.ends_at >= today - rules.EVENT,
            # an absence of so many months began at least 28 days a month before its end; the exact length is below
            LeaveRow.starts_at <= today - timedelta(days=28 * binding.months),
            ~_done(course, CompletionRow.completed_on >= ended),
        )
    )
    return [
        _bound(row, course, binding.cause, row.mark, rules.due_on(binding, on, row.ends_at.date()))
        for row in session.execute(query)
        if rules.away_long(row.starts_at, row.ends_at, binding.months)
    ]


def _expired(session: Session, query: Select[Any], course: Course, binding: Binding, on: date) -> list[Bound]:
    soon = on + timedelta(days=binding.days)
    lasts = or_(CompletionRow.expires_on.is_(None), CompletionRow.expires_on > soon)
    ends = (
        select(func.max(CompletionRow.expires_on))
        .where(
            CompletionRow.person_id == PersonRow.id,
            CompletionRow.course_id == course.id,
            CompletionRow.revoked_on.is_(None),
        )
        .correlate_except(CompletionRow)
        .scalar_subquery()
    )
    query = query.add_columns(ends.label("ends")).where(_done(course), ~_done(course, lasts))
    return [
        _bound(row, course, binding.cause, row.ends, rules.due_on(binding, on, row.ends))
        for row in session.execute(query)
    ]
