"""The matrix in numbers: what `matrix` answers by name, counted in the database. A company is not read to be counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, distinct, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from bot.db.plainly import plainly
from bot.learning.courses import binding, rules, store
from bot.learning.courses.matrix import Sum
from bot.learning.courses.model import Given, Offer
from bot.learning.courses.rules import Reach
from bot.learning.courses.tables import CompletionRow, CourseGivenRow
from bot.people import counting
from bot.people import store as people
from bot.people.model import Person
from bot.people.tables import PersonRow, PlacementRow

_newer = aliased(CourseGivenRow)


@dataclass(frozen=True)
class Open:
    """What was still to be done of one course: by those who may be named, and by the others."""

    named: int = 0
    late: int = 0
    due: int = 0


def many(session: Session, under: Sequence[str], on: date) -> int:
    """How many people a matrix has."""
    return counting.many(session, on, under, counting.elsewhere_on(on))


def late(session: Session, under: Sequence[str], on: date) -> int:
    """How many people had something to do on a day that was late by then."""
    query = _given(select(func.count(distinct(CourseGivenRow.person_id))), under, on)
    return session.scalar(query.where(CourseGivenRow.due_on < on)) or 0


def open_by_course(
    session: Session, under: Sequence[str], named: Sequence[str], courses: Sequence[str], on: date
) -> dict[str, Open]:
    """What was open on a day of some courses. Under `named` people may be called by name; the others are counted by day."""
    if all(path.startswith(tuple(named)) for path in under):
        theirs: ColumnElement[bool] = true()
    else:
        theirs = counting.inside(named, wide=True)
    over = CourseGivenRow.due_on < on
    counts = (
        _sum(theirs),
        _sum(and_(~theirs, over)),
        _sum(and_(~theirs, ~over)),
    )
    query = _given(select(CourseGivenRow.course_id, *counts), under, on).where(CourseGivenRow.course_id.in_(courses))
    found = session.execute(query.group_by(CourseGivenRow.course_id))
    return {course: Open(*some) for course, *some in found}


def longest(
    session: Session, under: Sequence[str], named: Sequence[str], courses: Sequence[str], on: date, most: int
) -> list[tuple[Person, Given]]:
    """What is open of people who may be named, the longest overdue first: the first ones of it."""
    if not under or not named:
        return []
    query = people.people_on.add_columns(CourseGivenRow).join(CourseGivenRow, CourseGivenRow.person_id == PersonRow.id)
    query = query.where(
        *_open(on), CourseGivenRow.course_id.in_(courses), counting.inside(under, wide=True),
        counting.inside(named, wide=True), counting.here_on(on),
    )  # fmt: skip
    first = query.order_by(CourseGivenRow.due_on, plainly(PersonRow.name), CourseGivenRow.id).limit(most)
    rows = session.execute(first.execution_options(populate_existing=True), {"on": on})
    return [(people.as_person(row), store.as_given(row.CourseGivenRow)) for row in rows]


def sums(session: Session, under: Sequence[str], on: date, offers: Sequence[Offer]) -> list[Sum]:
    """The post x training matrix on a day, as `matrix.sums` adds it up from everybody's line."""
    if not offers:
        return []
    courses = sorted({offer.course.id for offer in offers})
    needs = _Needs(session, offers)
    needed, trained, behind = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for (unit, post), count in counting.by_post(session, on, under, counting.elsewhere_on(on)).items():
        for course in courses:
            needed[post, course] += count * needs.bound(course, post, unit)
    for unit, post, course, count in _have(session, under, on, courses):
        trained[post, course] += count * needs.bound(course, post, unit)
    # whom no rule binds needs a course as well while it is open
    for unit, post, course, count, had, over in _stand(session, under, on, courses):
        free = not needs.bound(course, post, unit)
        needed[post, course] += count * free
        trained[post, course] += had * free
        behind[post, course] += over
    return [
        Sum(post, course, n, has := trained[post, course], n - has - (over := behind[post, course]), over)
        for post in sorted({post for post, _ in needed})
        for course in courses
        if (n := needed[post, course])
    ]


class _Needs:
    """Whom the rules of some courses bind, once a course, post and unit."""

    def __init__(self, session: Session, offers: Sequence[Offer]) -> None:
        known = binding.company(session)
        self._reaches: dict[str, list[tuple[str, Reach]]] = {}
        self._paths: Mapping[int, str] = counting.paths_of(session)
        self._known: dict[tuple[str, str, int], bool] = {}
        for offer in offers:
            to = (rules.reach(each, known.topics, known.paths) for each in rules.standing(offer.course))
            self._reaches.setdefault(offer.course.id, []).extend((offer.path, each) for each in to)

    def bound(self, course: str, post: str, unit: int) -> bool:
        """Whether a rule binds who has this post in this unit."""
        key = (course, post, unit)
        if key not in self._known:
            path = self._paths[unit]
            self._known[key] = any(
                path.startswith(above) and rules.reaches(to, post, path) for above, to in self._reaches[course]
            )
        return self._known[key]


def _open(on: date) -> tuple[ColumnElement[bool], ...]:
    return CourseGivenRow.assigned_on <= on, or_(CourseGivenRow.ended_on.is_(None), CourseGivenRow.ended_on > on)


def _worked(on: date) -> ColumnElement[bool]:
    """A placement is that of somebody who worked here on the day."""
    gone = select(PersonRow.id).where(counting.elsewhere_on(on))
    return and_(counting.placed(on), PlacementRow.person_id.not_in(gone))


def _given(query: Select[*tuple[Any, ...]], under: Sequence[str], on: date) -> Select[*tuple[Any, ...]]:
    """What was open on a day of people placed under these paths."""
    joined = query.select_from(CourseGivenRow).join(PlacementRow, PlacementRow.person_id == CourseGivenRow.person_id)
    return joined.where(*_open(on), _worked(on), counting.inside(under, wide=True))


def _sum(what: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((what, 1), else_=0)), 0)


def _have(
    session: Session, under: Sequence[str], on: date, courses: Sequence[str]
) -> Iterator[tuple[int, str, str, int]]:
    """(unit, post, course, how many have something that counts on the day)."""
    columns = (PlacementRow.unit_id, PlacementRow.post, CompletionRow.course_id)
    query = (
        select(*columns, func.count(distinct(PlacementRow.id)))
        .join(CompletionRow, CompletionRow.person_id == PlacementRow.person_id)
        .where(_worked(on), counting.inside(under), store.counts_on(on))
    )
    # all courses, sifted here: by a list SQLite would look once a course for each person, instead of once
    yield from (row for row in session.execute(query.group_by(*columns)) if row[2] in courses)


def _stand(
    session: Session, under: Sequence[str], on: date, courses: Sequence[str]
) -> Iterator[tuple[int, str, str, int, int, int]]:
    """(unit, post, course, how many had it open, who of them has it anyway, who is behind). The newest given one counts."""
    has = exists().where(
        CompletionRow.person_id == CourseGivenRow.person_id, CompletionRow.course_id == CourseGivenRow.course_id,
        store.counts_on(on),
    ).correlate_except(CompletionRow)  # fmt: skip
    overtaken = exists().where(
        _newer.person_id == CourseGivenRow.person_id, _newer.course_id == CourseGivenRow.course_id,
        _newer.id > CourseGivenRow.id, _newer.assigned_on <= on, or_(_newer.ended_on.is_(None), _newer.ended_on > on),
    ).correlate_except(_newer)  # fmt: skip
    behind = and_(~has, CourseGivenRow.due_on < on)
    columns = (PlacementRow.unit_id, PlacementRow.post, CourseGivenRow.course_id)
    query = _given(select(*columns, func.count(), _sum(has), _sum(behind)), under, on)
    query = query.where(CourseGivenRow.course_id.in_(courses), ~overtaken).group_by(*columns)
    yield from session.execute(query)
