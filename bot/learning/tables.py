"""Tables of learning."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json

_UNBEGUN = text("state = 'offered' AND lapsed_at IS NULL")


class AssignmentRow(Base):
    """What somebody was given to learn. A daily one exists once a person and their own date, by its key."""

    __tablename__ = "assignment"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[int]
    on_date: Mapped[date]
    kind: Mapped[str] = mapped_column(String(12))
    lesson_id: Mapped[str | None] = mapped_column(String(60))
    lesson_version: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12), default="offered")
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    later_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
    """When its message lost its buttons, because the day was over and nobody had begun."""
    __table_args__ = (
        Index("ix_assignment_person", "person_id", "on_date"),
        Index("ix_assignment_unbegun", "expires_at", sqlite_where=_UNBEGUN, postgresql_where=_UNBEGUN),
    )


class AnswerRow(Base):
    """A question of an assignment and what was answered, once. `shown` is the stored order of the choices.

    `chosen` is the answer in its kind's own terms (`library.model.Answer`); while the question lies open, what is marked.
    """

    __tablename__ = "answer"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    assignment_id: Mapped[int] = mapped_column(index=True)
    person_id: Mapped[int]
    question_id: Mapped[str] = mapped_column(String(40))
    question_version: Mapped[int]
    place: Mapped[int]
    shown: Mapped[list[Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(12), default="planned")
    chosen: Mapped[list[Any]] = mapped_column(Json, default=list)
    right: Mapped[bool | None]
    sure: Mapped[bool | None]
    """Whether they said that they were sure of it; empty where they were not asked, or did not say."""
    mode: Mapped[str] = mapped_column(String(12), default="practice")
    taken_back: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_answer_unsettled", "state", "answered_at"),
        Index("ix_answer_person", "person_id", "answered_at"),
    )


class MemoryRow(Base):
    """What a person remembers of a question, by FSRS. Made on the first answer."""

    __tablename__ = "memory"
    person_id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    stability: Mapped[float]
    difficulty: Mapped[float]
    due_at: Mapped[datetime]
    reviewed_at: Mapped[datetime]
    reps: Mapped[int]
    lapses: Mapped[int]
    __table_args__ = (Index("ix_memory_due", "person_id", "due_at"),)


class ReadingRow(Base):
    """That somebody went through a lesson; the newest time counts."""

    __tablename__ = "reading"
    person_id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int]
    read_at: Mapped[datetime]


class OutdatedReadingRow(Base):
    """That somebody went through a version of a lesson that holds no more: it counts as unread, and is given again.

    Apart from what counts: that is looked up for everybody every morning.
    """

    __tablename__ = "outdated_reading"
    person_id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int]
    at: Mapped[datetime]


class WeakTopicRow(Base):
    """A topic about which the people of a unit are often wrong, by the newest map of what teams believe."""

    __tablename__ = "weak_topic"
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(20), primary_key=True)
    weight: Mapped[int]
    """How weak: the percentage of wrong answers, more where dangers about it were found there. Larger goes first."""


class WishRow(Base):
    """A lesson that somebody is to get before the others, because of what happened near them; offered once."""

    __tablename__ = "wish"
    person_id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
