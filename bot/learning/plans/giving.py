"""Planned courses are given to the people they are for, in slices; when a plan is ended, taken off those who have not done them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.kit.clock import local_date
from bot.learning.courses import actions as courses
from bot.learning.courses import store as course_store
from bot.learning.courses.binding import Bound
from bot.learning.courses.model import Cause, Course, Step
from bot.learning.courses.tables import CompletionRow, CourseGivenRow
from bot.learning.plans import rules
from bot.learning.plans.model import Closed, What
from bot.learning.plans.tables import LessonPlanPostRow, LessonPlanRow
from bot.people.tables import PersonRow, PlacementRow, UnitRow

EVERY = timedelta(hours=1)
"""How often a plan is looked at anew: so soon somebody hired today has their course."""
PEOPLE = 250
DONE = timedelta(days=7)
"""How long after its end what was given by a plan is still taken off people."""


def give_planned(session: Session, now: datetime) -> bool:
    """Gives the course of one plan to one slice of its people; True while there may be more."""
    p = LessonPlanRow
    due = or_(p.cursor > 0, p.checked_at.is_(None), p.checked_at <= now - EVERY)
    today = now.date()
    lately = or_(p.closed_on.is_(None), p.closed_on > today - DONE)
    query = select(p).where(p.what == What.COURSE, p.starts_on <= today + timedelta(days=1), lately, due)
    locked = query.order_by(p.id).limit(1).with_for_update(skip_locked=True)
    row = session.scalar(locked.execution_options(populate_existing=True))
    if row is None:
        return False
    some = select(PersonRow.id).where(PersonRow.id > row.cursor).order_by(PersonRow.id).limit(PEOPLE).subquery()
    until = session.scalar(select(func.max(some.c.id)))
    if until is None:
        row.cursor, row.checked_at = 0, now
        return True
    _slice(session, row, until, now)
    row.cursor = until
    return True


def _slice(session: Session, row: LessonPlanRow, until: int, now: datetime) -> None:
    path, zone = session.execute(select(UnitRow.path, UnitRow.zone).where(UnitRow.id == row.unit_id)).one()
    on = local_date(now, zone)
    ends = min((each for each in (row.closed_on, row.until_on) if each is not None), default=None)
    if row.starts_on <= on and (ends is None or on < ends):
        course = course_store.course(session, row.which or "")
        if course is not None:
            courses.give(session, course, _bound(session, row, course, path, until, on), on, now)
    elif row.closed_as == Closed.ENDED and row.closed_on is not None and row.closed_on <= on:
        for given in _left(session, row, until):
            courses.withdraw(session, given, on, now)


def _bound(session: Session, row: LessonPlanRow, course: Course, path: str, until: int, on: date) -> list[Bound]:
    """The people of a slice whom a plan gives its course: once for this plan, and not while it counts or lies open."""
    g, c = CourseGivenRow, CompletionRow
    theirs = exists().where(g.person_id == PersonRow.id, g.course_id == course.id)
    open_ = theirs.where(g.state == Step.OPEN).correlate_except(g)
    had = theirs.where(g.key.endswith(_mark(row.series))).correlate_except(g)
    counts = exists().where(c.person_id == PersonRow.id, c.course_id == course.id, course_store.counts_on(on))
    placed = and_(
        PlacementRow.person_id == PersonRow.id,
        PlacementRow.starts_on <= on,
        or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > on),
    )
    query = (
        select(PersonRow.id, UnitRow.id.label("unit"), PlacementRow.post)
        .join(PlacementRow, placed)
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .where(
            PersonRow.id > row.cursor, PersonRow.id <= until, PersonRow.left_on.is_(None),
            UnitRow.path.startswith(path), ~open_, ~had, ~counts.correlate_except(c),
        )
        .order_by(PersonRow.id)
    )  # fmt: skip
    posts = list(session.scalars(select(LessonPlanPostRow.post).where(LessonPlanPostRow.plan_id == row.id)))
    if posts:
        query = query.where(PlacementRow.post.in_(posts))
    due = rules.due(row.until_on, on)
    return [
        Bound(each.id, each.unit, each.post, Cause.PLANNED, f"course:{course.id}:{each.id}{_mark(row.series)}", due)
        for each in session.execute(query)
    ]


def _mark(series: int) -> str:
    return f":planned:{series}"


def _left(session: Session, row: LessonPlanRow, until: int) -> list[CourseGivenRow]:
    """What a plan gave to people of a slice and is still open."""
    g = CourseGivenRow
    mine = (g.course_id == row.which, g.cause == Cause.PLANNED, g.state == Step.OPEN, g.key.endswith(_mark(row.series)))
    return list(session.scalars(select(g).where(g.person_id > row.cursor, g.person_id <= until, *mine)))
