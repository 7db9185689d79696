"""Versions of courses: taken in from what Davy ships or from a file, and put in force by a named person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.kit.errors import Refused
from bot.learning.courses import store
from bot.learning.courses.content import course_content
from bot.learning.courses.model import COURSE_PUBLISHED, Course
from bot.learning.courses.reading import read_course
from bot.learning.courses.tables import CourseRow, CourseVersionRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library.content import digest
from bot.library.shipped import content_path
from bot.library.tables import LessonRow
from bot.people.model import Role, Viewer

MAY = (Role.TRAINER, Role.SAFETY_OFFICER)
"""Who puts a course in force (and whoever has all that they have)."""


def may_publish(viewer: Viewer | None, path: str = "/") -> bool:
    """Whether somebody decides on courses: a trainer or safety officer of the unit (of any, for `/`)."""
    if viewer is None:
        return False
    return any(viewer.anywhere(role) if path == "/" else viewer.holds(role, path) for role in MAY)


def take_in(session: Session, course: Course, now: datetime, *, by: int | None, unit: int | None = None) -> int | None:
    """The next version of a course, where its content is new; answers it. A trainer's own is not touched by an upgrade."""
    content = course_content(course)
    row = session.get(CourseRow, course.id, populate_existing=True)
    if row is None:
        row = CourseRow(id=course.id, version=0, digest="", shipped=by is None, unit_id=unit, cursor=0)
        session.add(row)
    elif row.digest == digest(content) or (by is None and not row.shipped):
        return None
    row.version, row.digest, row.shipped, row.checked_at = row.version + 1, digest(content), by is None, None
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


def put_in_force(session: Session, id: str, viewer: Viewer | None, on: date, now: datetime) -> Course:
    """From today on a course binds people. Refused: to others than trainers and safety officers, and a second time."""
    course = store.course(session, id)
    if viewer is None or course is None or not may_publish(viewer):
        raise Refused("learning.courses.not_yours_to_decide")
    mine = (CourseRow.id == id, CourseRow.in_force_on.is_(None))
    if not changed(session, update(CourseRow).where(*mine).values(in_force_on=on, cursor=0, checked_at=None)):
        raise Refused("learning.courses.in_force_already")
    body = {"course": id, "version": course.version}
    record(session, Fact(COURSE_PUBLISHED, f"course:{id}:{on}", now, viewer.person, body=body), now)
    return course
