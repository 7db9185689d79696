"""Questions about courses: what is offered, what somebody has to do, and what counted on a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.kit.clock import instant
from bot.learning.courses.content import as_course
from bot.learning.courses.model import (
    Cause,
    Completion,
    Course,
    Given,
    Hours,
    Licence,
    LicenceState,
    Offer,
    Sitting,
    SittingState,
    Step,
)
from bot.learning.courses.tables import (
    CompletionRow,
    CourseForceRow,
    CourseGivenRow,
    CourseReadRow,
    CourseRow,
    CourseVersionRow,
    ExamGrantRow,
    LicenceRow,
    SittingRow,
    TrainingHoursRow,
)
from bot.people.tables import UnitRow

_PERSONS = "persons"


def counts_on(on: date) -> ColumnElement[bool]:
    """SQL: the completion counts on a day."""
    return and_(
        CompletionRow.completed_on <= on,
        or_(CompletionRow.expires_on.is_(None), CompletionRow.expires_on >= on),
        or_(CompletionRow.revoked_on.is_(None), CompletionRow.revoked_on > on),
    )


def completed(session: Session, person: int, course: str, on: date) -> Completion | None:
    """What counts on a day for somebody and a course: the one that lasts longest; None where they were not trained."""
    mine = (CompletionRow.person_id == person, CompletionRow.course_id == course)
    rows = session.scalars(select(CompletionRow).where(*mine, counts_on(on)))
    return max((as_completion(row) for row in rows), key=lasts, default=None)


def completions(session: Session, persons: Collection[int], on: date) -> list[Completion]:
    """All that these people had done by a day and that was not taken back by then; what has run out too."""
    known = (CompletionRow.completed_on <= on, or_(CompletionRow.revoked_on.is_(None), CompletionRow.revoked_on > on))
    query = select(CompletionRow).where(among(CompletionRow.person_id, _PERSONS), *known)
    rows = session.scalars(query.order_by(CompletionRow.completed_on, CompletionRow.id), {_PERSONS: list(persons)})
    return [as_completion(row) for row in rows]


def lasts(done: Completion) -> tuple[date, date]:
    """The order in which completions hold: the one that expires last, then the newest."""
    return (done.expires_on or date.max, done.completed_on)


def as_completion(row: CompletionRow) -> Completion:
    """A row as a Completion."""
    return Completion(
        row.id, row.person_id, row.course_id, row.course_version, row.completed_on, row.expires_on, row.right, row.of,
        row.entered_by,
    )  # fmt: skip


def as_given(row: CourseGivenRow) -> Given:
    """A row as a Given."""
    return Given(
        row.id, row.person_id, row.course_id, row.course_version, Cause(row.cause), row.assigned_on, row.due_on,
        Step(row.state), row.tries_added,
    )  # fmt: skip


def given(session: Session, id: int, person: int | None = None) -> Given | None:
    """A course that was given to this person (to anybody, with None)."""
    query = select(CourseGivenRow).where(CourseGivenRow.id == id)
    if person is not None:
        query = query.where(CourseGivenRow.person_id == person)
    row = session.scalar(query.execution_options(populate_existing=True))
    return as_given(row) if row else None


def open_courses(session: Session, person: int) -> list[Given]:
    """What somebody has to do, the most urgent first."""
    return [as_given(row) for row in session.scalars(_open_courses, {"person": person})]


_open_courses = (
    select(CourseGivenRow)
    .where(CourseGivenRow.person_id == bindparam("person"), CourseGivenRow.state == Step.OPEN)
    .order_by(CourseGivenRow.due_on, CourseGivenRow.id)
)


def given_on(session: Session, persons: Collection[int], on: date) -> list[Given]:
    """What these people had to do on a day and had not done by the evening before."""
    then = or_(CourseGivenRow.ended_on.is_(None), CourseGivenRow.ended_on > on)
    query = select(CourseGivenRow).where(
        among(CourseGivenRow.person_id, _PERSONS), CourseGivenRow.assigned_on <= on, then
    )
    return [as_given(row) for row in session.scalars(query.order_by(CourseGivenRow.id), {_PERSONS: list(persons)})]


def course(session: Session, id: str, version: int | None = None) -> Course | None:
    """A course in a version, or the newest."""
    query = select(CourseVersionRow).where(CourseVersionRow.course_id == id)
    if version is not None:
        query = query.where(CourseVersionRow.version == version)
    row = session.scalar(query.order_by(CourseVersionRow.version.desc()).limit(1))
    return as_course(row.course_id, row.version, row.content) if row else None


def courses(session: Session) -> list[tuple[Course, int | None]]:
    """All courses in their newest version, in force or not, each with the unit whose it is (None: the company's)."""
    newest = and_(CourseVersionRow.course_id == CourseRow.id, CourseVersionRow.version == CourseRow.version)
    query = select(CourseRow, CourseVersionRow).join(CourseVersionRow, newest)
    found = session.execute(query.order_by(CourseRow.id).execution_options(populate_existing=True))
    return [(as_course(row.id, version.version, version.content), row.unit_id) for row, version in found]


def in_force(session: Session, on: date, force: int | None = None) -> list[Offer]:
    """What bound people on a day (or one of it), each course in the version of that day."""
    evening = instant(on + timedelta(days=1), time(), "UTC")
    latest = (
        select(CourseVersionRow.course_id, func.max(CourseVersionRow.version).label("version"))
        .where(CourseVersionRow.at < evening)
        .group_by(CourseVersionRow.course_id)
        .subquery()
    )
    then = and_(CourseVersionRow.course_id == latest.c.course_id, CourseVersionRow.version == latest.c.version)
    query = (
        select(CourseForceRow, CourseVersionRow, UnitRow.path)
        .join(latest, latest.c.course_id == CourseForceRow.course_id)
        .join(CourseVersionRow, then)
        .join(UnitRow, UnitRow.id == CourseForceRow.unit_id)
        .where(CourseForceRow.in_force_on <= on, or_(CourseForceRow.ended_on.is_(None), CourseForceRow.ended_on > on))
        .order_by(CourseForceRow.course_id, UnitRow.path)
    )
    if force is not None:
        query = query.where(CourseForceRow.id == force)
    return [
        Offer(as_course(version.course_id, version.version, version.content), row.in_force_on, row.unit_id, path)
        for row, version, path in session.execute(query.execution_options(populate_existing=True))
    ]


def read_in(session: Session, given: int) -> set[str]:
    """The lessons of a course that were gone through this time."""
    return set(session.scalars(select(CourseReadRow.lesson_id).where(CourseReadRow.given_id == given)))


def as_sitting(row: SittingRow) -> Sitting:
    """A row as a Sitting."""
    return Sitting(
        row.id, row.given_id, row.person_id, row.course_id, row.course_version, row.number, row.sheet_id,
        row.started_at, row.ends_at, SittingState(row.state), row.right, row.of,
    )  # fmt: skip


def sittings(session: Session, given: int) -> list[Sitting]:
    """All tries at the exam of a given course, in their order."""
    query = select(SittingRow).where(SittingRow.given_id == given).order_by(SittingRow.number)
    return [as_sitting(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def sitting(session: Session, id: int, person: int) -> Sitting | None:
    """A try of this person; None for another's."""
    query = select(SittingRow).where(SittingRow.id == id, SittingRow.person_id == person)
    row = session.scalar(query.execution_options(populate_existing=True))
    return as_sitting(row) if row else None


def sitting_of_sheet(session: Session, sheet: int, person: int) -> Sitting | None:
    """The try to which a question belongs."""
    query = select(SittingRow).where(SittingRow.sheet_id == sheet, SittingRow.person_id == person)
    row = session.scalar(query.execution_options(populate_existing=True))
    return as_sitting(row) if row else None


def overrun(session: Session, now: datetime, most: int) -> list[Sitting]:
    """Exams whose time is over and that nobody has ended."""
    query = select(SittingRow).where(SittingRow.state == SittingState.OPEN, SittingRow.ends_at <= now)
    return [as_sitting(row) for row in session.scalars(query.order_by(SittingRow.ends_at).limit(most))]


def extra_percent(session: Session, person: int, on: date) -> int:
    """How much more time somebody has in exams on a day, in percent."""
    mine = (ExamGrantRow.person_id == person, ExamGrantRow.starts_on <= on)
    query = select(func.max(ExamGrantRow.percent)).where(
        *mine, or_(ExamGrantRow.ends_on.is_(None), ExamGrantRow.ends_on > on)
    )
    return session.scalar(query) or 0


def hours(session: Session, persons: Sequence[int], since: date, until: date) -> list[Hours]:
    """The training of these people from a day to a day, both included, newest first."""
    query = select(TrainingHoursRow).where(
        among(TrainingHoursRow.person_id, _PERSONS),
        TrainingHoursRow.on_date >= since,
        TrainingHoursRow.on_date <= until,
    )
    rows = session.scalars(
        query.order_by(TrainingHoursRow.on_date.desc(), TrainingHoursRow.id), {_PERSONS: list(persons)}
    )
    return [Hours(r.person_id, r.on_date, r.minutes, r.course_id, r.words, r.entered_by) for r in rows]


def as_licence(row: LicenceRow) -> Licence:
    """A row as a Licence."""
    return Licence(
        row.id, row.person_id, row.name, row.number, row.expires_on, row.photo, LicenceState(row.state),
        row.entered_on, row.decided_by, row.decided_on,
    )  # fmt: skip


def licences(session: Session, persons: Collection[int], on: date) -> list[Licence]:
    """What these people had confirmed by a day, run out or not; and what is still to be looked at."""
    confirmed = and_(LicenceRow.state == LicenceState.CONFIRMED, LicenceRow.decided_on <= on)
    then = or_(confirmed, LicenceRow.state == LicenceState.ENTERED)
    query = select(LicenceRow).where(among(LicenceRow.person_id, _PERSONS), LicenceRow.entered_on <= on, then)
    rows = session.scalars(query.order_by(LicenceRow.expires_on, LicenceRow.id), {_PERSONS: list(persons)})
    return [as_licence(row) for row in rows]


def licence(session: Session, id: int) -> Licence | None:
    """A licence as it stands now."""
    row = session.get(LicenceRow, id, populate_existing=True)
    return as_licence(row) if row else None
