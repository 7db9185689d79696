"""Who needs what, who has it, who is behind: of a part of the company, as of any day. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_
from sqlalchemy.orm import Session

from bot.learning.courses import binding, rules, store
from bot.learning.courses.model import Completion, Course, Given, Standing
from bot.learning.courses.rules import Reach
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.people.tables import PersonRow, UnitRow

MAY = (Role.SUPERVISOR, Role.TRAINER, Role.HR)
"""Who sees the training of a unit's people."""


@dataclass(frozen=True)
class Line:
    """Somebody as they were placed on the day, and where they stand with each course."""

    who: Person
    cells: Mapping[str, Standing]


@dataclass(frozen=True)
class Matrix:
    """People x courses on a day. `open` are what was still to be done."""

    on: date
    courses: tuple[Course, ...]
    lines: tuple[Line, ...]
    open: tuple[Given, ...]


@dataclass(frozen=True)
class Sum:
    """A post and a course: who needs it, and of those who has it, who still has time, who is behind."""

    post: str
    course: str
    needed: int
    trained: int
    due: int
    behind: int


def paths(viewer: Viewer | None) -> tuple[str, ...]:
    """The units whose people's training somebody may see."""
    return tuple(sorted({path for role in MAY for path in viewer.paths(role)})) if viewer is not None else ()


def matrix(session: Session, under: Sequence[str], on: date, only: int | None = None) -> Matrix:
    """The people placed under these paths on a day (or one of them), with all courses that were in force then."""
    found = people_under(session, under, on, only)
    offers = store.in_force(session, on)
    known = binding.company(session)
    ids = [who.id for who in found]
    done: dict[tuple[int, str], list[Completion]] = {}
    for each in store.completions(session, ids, on):
        done.setdefault((each.person, each.course), []).append(each)
    given = store.given_on(session, ids, on)
    open_ = {(each.person, each.course): each for each in given}
    courses = {offer.course.id: offer.course for offer in offers}
    reaches: dict[str, list[tuple[str, Reach]]] = {id: [] for id in courses}
    for offer in offers:
        to = (rules.reach(each, known.topics, known.paths) for each in rules.standing(offer.course))
        reaches[offer.course.id] += [(offer.path, each) for each in to]
    lines = []
    for who in found:
        cells = {}
        for id, bound in reaches.items():
            needed = any(who.path.startswith(above) and rules.reaches(to, who.post, who.path) for above, to in bound)
            cells[id] = rules.stands(needed, done.get((who.id, id), []), open_.get((who.id, id)), on)
        lines.append(Line(who, cells))
    return Matrix(on, tuple(courses.values()), tuple(lines), tuple(given))


def people_under(session: Session, under: Sequence[str], on: date, only: int | None = None) -> list[Person]:
    """People who worked under these paths on a day."""
    query = people.people_on.where(
        or_(*(UnitRow.path.startswith(path) for path in under)) if under else PersonRow.id < 0,
        PersonRow.joined_on <= on,
        or_(PersonRow.left_on.is_(None), PersonRow.left_on > on),
    )
    if only is not None:
        query = query.where(PersonRow.id == only)
    return [people.as_person(row) for row in session.execute(query.order_by(UnitRow.path, PersonRow.name), {"on": on})]


def search(session: Session, under: Sequence[str], words: str, on: date, most: int = 9) -> list[Person]:
    """People who worked under these paths on a day, by badge or a part of their name."""
    wanted = words.casefold()
    found = people_under(session, under, on)
    exact = [who for who in found if who.badge.casefold() == wanted or who.name.casefold() == wanted]
    return exact or [who for who in found if wanted in who.name.casefold()][:most]


def sums(of: Matrix) -> list[Sum]:
    """The post x training matrix: only posts that need a course."""
    found = []
    for post in sorted({line.who.post for line in of.lines}):
        for course in of.courses:
            cells = [line.cells[course.id] for line in of.lines if line.who.post == post]
            needed = [cell for cell in cells if cell.needed]
            if needed:
                trained = sum(cell.done is not None for cell in needed)
                behind = sum(cell.overdue for cell in needed)
                found.append(Sum(post, course.id, len(needed), trained, len(needed) - trained - behind, behind))
    return found


def behind(of: Matrix) -> list[tuple[Line, Given]]:
    """What is open of the people of a matrix, the longest overdue first; who has it anyway is not behind."""
    lines = {line.who.id: line for line in of.lines}
    found = [(lines[given.person], given) for given in of.open if given.person in lines]
    return sorted(found, key=lambda each: (each[1].due_on, each[0].who.name))


def now_or(on: date | None, who: Person, now: datetime) -> date:
    """A day that was asked for, or the person's today."""
    return on or people.today_of(who, now)
