"""Versions of courses: taken in from what Davy ships or from a file, and put in force by a named person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import insert_once
from bot.kit.errors import Refused
from bot.learning.courses import store
from bot.learning.courses.content import course_content
from bot.learning.courses.model import COURSE_PUBLISHED, Course, Offer
from bot.learning.courses.reading import read_course
from bot.learning.courses.tables import CourseForceRow, CourseRow, CourseVersionRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library.content import digest
from bot.library.shipped import content_path
from bot.library.tables import LessonRow
from bot.people import store as people
from bot.people.model import Role, Viewer
from bot.people.tables import UnitRow

MAY = (Role.TRAINER, Role.SAFETY_OFFICER)
"""Who puts a course in force (and whoever has all that they have)."""


def paths(viewer: Viewer | None) -> tuple[str, ...]:
    """The topmost units for whose people somebody decides on courses."""
    found = {path for role in MAY for path in viewer.paths(role)} if viewer is not None else set()
    return tuple(sorted(path for path in found if not any(path != o and path.startswith(o) for o in found)))


def may_change(session: Session, id: str, viewer: Viewer | None) -> bool:
    """Whether somebody may send a new version of a course: a trainer of the unit whose it is, or of the whole company."""
    row = session.get(CourseRow, id)
    if viewer is None or row is None:
        return viewer is not None and viewer.anywhere(Role.TRAINER)
    whose = UnitRow.id == row.unit_id if row.unit_id is not None else UnitRow.parent_id.is_(None)
    path = session.scalar(select(UnitRow.path).where(whose).order_by(UnitRow.id).limit(1))
    return path is not None and viewer.holds(Role.TRAINER, path)


def decided(session: Session, viewer: Viewer | None, on: date) -> list[tuple[Course, list[Offer]]]:
    """The courses on which somebody decides, each with where it is in force as far as that concerns them."""
    mine = paths(viewer)
    force = store.in_force(session, on)
    found = []
    for course, unit in store.courses(session):
        whose = people.unit(session, unit) if unit is not None else None
        if whose is None or any(path.startswith(whose.path) or whose.path.startswith(path) for path in mine):
            here = [o for o in force if o.course.id == course.id and any(_meet(o.path, path) for path in mine)]
            found.append((course, here))
    return found if mine else []


def _meet(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def take_in(session: Session, course: Course, now: datetime, *, by: int | None, unit: int | None = None) -> int | None:
    """The next version of a course, where its content is new; answers it. A trainer's own is not touched by an upgrade."""
    content = course_content(course)
    row = session.get(CourseRow, course.id, populate_existing=True)
    if row is None:
        row = CourseRow(id=course.id, version=0, digest="", shipped=by is None, unit_id=unit)
        session.add(row)
    elif row.digest == digest(content) or (by is None and not row.shipped):
        return None
    row.version, row.digest, row.shipped = row.version + 1, digest(content), by is None
    session.execute(update(CourseForceRow).where(CourseForceRow.course_id == course.id).values(checked_at=None))
    session.flush()
    version = CourseVersionRow(course_id=row.id, version=row.version, content=content, at=now, person_id=by)
    session.add(version)
    session.flush()
    return row.version


def load_courses(session: Session, now: datetime) -> int:
    """Takes in the shipped courses whose lessons are all there, as drafts that bind nobody; answers how many are new."""
    folder = content_path() / "courses"
    lessons = frozenset(session.scalars(select(LessonRow.id)))
    new = 0
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        course, _ = read_course(path.name, path.read_text(encoding="utf-8"), lessons)
        new += course is not None and take_in(session, course, now, by=None) is not None
    return new


def put_in_force(session: Session, id: str, viewer: Viewer | None, on: date, now: datetime) -> None:
    """From today on a course binds the people for whom somebody decides, and no others.

    Refused: to others than trainers and safety officers, and where it is in force for all of them.
    """
    row = session.get(CourseRow, id)
    mine = paths(viewer)
    if viewer is None or row is None or not mine:
        raise Refused("learning.courses.not_yours_to_decide")
    whose = people.unit(session, row.unit_id) if row.unit_id is not None else None
    there = [offer.path for offer in store.in_force(session, on) if offer.course.id == id]
    new = 0
    for path in mine:
        within = path if whose is None or path.startswith(whose.path) else whose.path
        if not _meet(within, path) or any(within.startswith(other) for other in there):
            continue
        unit = people.ancestors(within)[0]
        values = {
            "key": f"{id}:{unit}:{on}", "course_id": id, "unit_id": unit, "in_force_on": on, "decided_by": viewer.person,
            "cursor": 0,
        }  # fmt: skip
        new += insert_once(session, CourseForceRow, values, "key") is not None
        body = {"course": id, "version": row.version}
        record(
            session, Fact(COURSE_PUBLISHED, f"course-force:{id}:{unit}:{on}", now, viewer.person, unit, body=body), now
        )
    if not new:
        raise Refused("learning.courses.in_force_already")
