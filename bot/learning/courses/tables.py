"""Tables of courses. What counts on a day is answered from dates: nothing is overwritten that a day was judged by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Big, Id, Json
from bot.db.files import FILE

_OPEN = text("state = 'open'")


class CourseRow(Base):
    """A course; `version` is the newest. It binds nobody by itself: see `course_force`."""

    __tablename__ = "course"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    shipped: Mapped[bool]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    """Whose it is: a unit's, for itself and all below it; None: the whole company's."""


class CourseForceRow(Base):
    """From a day on (to a day, exclusive) a course binds the people of a unit and all below it. Somebody decided that."""

    __tablename__ = "course_force"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    in_force_on: Mapped[date]
    ended_on: Mapped[date | None]
    decided_by: Mapped[int | None]
    cursor: Mapped[int] = mapped_column(Big, default=0)
    """How far through the people the rules were applied; 0 between two rounds."""
    checked_at: Mapped[datetime | None]


class CourseVersionRow(Base):
    """A course as it was published. Immutable: whom it bound on a day is read from here."""

    __tablename__ = "course_version"
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime]
    person_id: Mapped[int | None]


class CourseGivenRow(Base):
    """A course that somebody has to do, by its key once for what gave it."""

    __tablename__ = "course_given"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[int]
    course_id: Mapped[str] = mapped_column(String(40))
    course_version: Mapped[int]
    cause: Mapped[str] = mapped_column(String(12))
    assigned_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(12), default="open")
    ended_on: Mapped[date | None]
    remind_on: Mapped[date | None]
    """When the person hears of it next; empty once it is done."""
    tries_added: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        Index("ix_course_given_person", "person_id", "course_id"),
        Index("ix_course_given_remind", "remind_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
        # what was still to be done on a day, the longest overdue first
        Index("ix_course_given_due", "ended_on", "due_on", "assigned_on", "person_id", "course_id"),
    )


class CourseReadRow(Base):
    """That a lesson of a course was gone through for this time of doing it."""

    __tablename__ = "course_read"
    given_id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    lesson_version: Mapped[int]
    read_at: Mapped[datetime]


class CompletionRow(Base):
    """Somebody did a course. `expires_on` is the last day on which it counts."""

    __tablename__ = "completion"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[int]
    course_id: Mapped[str] = mapped_column(String(40))
    course_version: Mapped[int]
    given_id: Mapped[int | None]
    completed_on: Mapped[date]
    expires_on: Mapped[date | None]
    revoked_on: Mapped[date | None]
    right: Mapped[int | None]
    of: Mapped[int | None]
    entered_by: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(300))
    __table_args__ = (
        # whole, so that who has what of a whole company is counted without a look into the table itself
        Index("ix_completion_person", "person_id", "course_id", "completed_on", "expires_on", "revoked_on"),
    )


class SittingRow(Base):
    """One try at an exam; its questions are those of the assignment `sheet_id`."""

    __tablename__ = "sitting"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    given_id: Mapped[int]
    person_id: Mapped[int]
    course_id: Mapped[str] = mapped_column(String(40))
    course_version: Mapped[int]
    number: Mapped[int]
    sheet_id: Mapped[int]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="open")
    right: Mapped[int | None]
    of: Mapped[int]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_sitting_given", "given_id", "number"),
        Index("ix_sitting_ends", "ends_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )


class ExamGrantRow(Base):
    """What somebody was granted in exams, by whom and why: more time from a day on, or one more try."""

    __tablename__ = "exam_grant"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    given_id: Mapped[int | None]
    percent: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    granted_by: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class TrainingHoursRow(Base):
    """Training that somebody had, in minutes: from a course, or entered with a reason."""

    __tablename__ = "training_hours"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[int]
    on_date: Mapped[date]
    minutes: Mapped[int]
    course_id: Mapped[str | None] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(String(300))
    entered_by: Mapped[int | None]
    __table_args__ = (Index("ix_training_hours_person", "person_id", "on_date"),)


class LicenceRow(Base):
    """A paper from outside: entered by its holder, and looked at by somebody else before it counts."""

    __tablename__ = "licence"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(60))
    expires_on: Mapped[date]
    photo: Mapped[str | None] = mapped_column(String(120), info=FILE)
    state: Mapped[str] = mapped_column(String(12), default="entered")
    entered_on: Mapped[date]
    decided_by: Mapped[int | None]
    decided_on: Mapped[date | None]
    remind_on: Mapped[date | None] = mapped_column(index=True)
