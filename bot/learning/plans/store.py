"""Questions about plans: what is in force, what somebody may see and change, what a plan puts first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.orm import Session

from bot.learning.courses import store as courses
from bot.learning.plans import rules
from bot.learning.plans.model import Closed, Plan, Terms, What
from bot.learning.plans.tables import LessonPlanPostRow, LessonPlanRow
from bot.library.tables import LessonRow
from bot.people.model import Person
from bot.people.tables import UnitRow

_rows = select(LessonPlanRow, UnitRow.path).join(UnitRow, UnitRow.id == LessonPlanRow.unit_id)


def in_force(session: Session, since: date, until: date) -> list[Plan]:
    """The plans that hold on any day from one to another, both included, each before those it goes before."""
    p = LessonPlanRow
    lasts = (or_(p.until_on.is_(None), p.until_on > since), or_(p.closed_on.is_(None), p.closed_on > since))
    found = _plans(session, session.execute(_rows.where(p.starts_on <= until, *lasts)).all())
    return sorted(
        (each for each in found if each.ends_on is None or each.ends_on > each.terms.starts_on), key=rules.order
    )


def for_person(session: Session, who: Person, on: date) -> list[Plan]:
    """The plans that hold for somebody on a day, in their order."""
    return [each for each in in_force(session, on, on) if rules.covers(each, who.path, who.post)]


def newest(session: Session, paths: Sequence[str], series: int | None = None) -> list[Plan]:
    """The newest terms of each plan that concerns the people under some paths: their units' own, and those from above."""
    if not paths:
        return []
    concerns: ColumnElement[bool] = or_(
        *(UnitRow.path.startswith(path) for path in paths), *(literal(path).startswith(UnitRow.path) for path in paths)
    )
    query = _rows.where(concerns)
    if series is not None:
        query = query.where(LessonPlanRow.series == series)
    rows = session.execute(query.order_by(LessonPlanRow.id).execution_options(populate_existing=True)).all()
    last = {row.LessonPlanRow.series: row for row in rows}
    return sorted(_plans(session, list(last.values())), key=lambda each: (each.path, each.id))


def history(session: Session, series: int) -> list[Plan]:
    """All terms that a plan ever had, oldest first."""
    query = _rows.where(LessonPlanRow.series == series).order_by(LessonPlanRow.id)
    return _plans(session, session.execute(query.execution_options(populate_existing=True)).all())


def _plans(session: Session, rows: Sequence[Any]) -> list[Plan]:
    posts: dict[int, list[str]] = {}
    if rows:
        query = select(LessonPlanPostRow).where(LessonPlanPostRow.plan_id.in_([row[0].id for row in rows]))
        for each in session.scalars(query.order_by(LessonPlanPostRow.post)):
            posts.setdefault(each.plan_id, []).append(each.post)
    return [_plan(row, path, posts.get(row.id, ())) for row, path in rows]


def _plan(row: LessonPlanRow, path: str, posts: Iterable[str]) -> Plan:
    terms = Terms(
        What(row.what), row.which, row.unit_id, tuple(posts), row.days, row.at, row.starts_on, row.until_on
    )  # fmt: skip
    closed = Closed(row.closed_as) if row.closed_as else None
    return Plan(row.id, row.series, terms, path, row.since, row.closed_on, closed)


def lessons(session: Session, plans: Iterable[Plan]) -> Mapping[int, Sequence[str]]:
    """By plan the lessons that it puts first, in their order; whether they hold somewhere is asked there."""
    found: dict[int, Sequence[str]] = {}
    for each in plans:
        if each.terms.what is What.TOPIC:
            found[each.id] = of_topic(session, each.terms.which or "")
        elif each.terms.what is What.COURSE:
            course = courses.course(session, each.terms.which or "")
            found[each.id] = course.lessons if course is not None else ()
    return found


def of_topic(session: Session, topic: str) -> list[str]:
    """The lessons about a topic, in their order."""
    query = select(LessonRow.id).where(LessonRow.topic == topic, LessonRow.retired_at.is_(None))
    return list(session.scalars(query.order_by(LessonRow.position, LessonRow.id)))


def lessons_for(session: Session, who: Person, on: date) -> list[tuple[str, datetime]]:
    """The lessons that plans put first for somebody on a day, in their order, each with since when a reading counts."""
    plans = [each for each in for_person(session, who, on) if each.comes(on)]
    found = lessons(session, plans)
    return [(lesson, each.since) for each in plans for lesson in found.get(each.id, ())]


def topic_for(session: Session, who: Person, on: date) -> str | None:
    """The topic whose questions come first for somebody on a day, by their plans."""
    plans = for_person(session, who, on)
    return next((each.terms.which for each in plans if each.terms.what is What.TOPIC and each.comes(on)), None)


def topics(session: Session) -> list[tuple[str, str]]:
    """The topics that there are lessons about, each with its first lesson, in the order of the lessons."""
    query = select(LessonRow.topic, LessonRow.id).where(LessonRow.retired_at.is_(None))
    found: dict[str, str] = {}
    for code, lesson in session.execute(query.order_by(LessonRow.position, LessonRow.id)):
        found.setdefault(code, lesson)
    return list(found.items())
