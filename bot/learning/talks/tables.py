"""Tables of toolbox talks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class TalkRow(Base):
    """A talk; its key makes two leaders who begin at once begin one. `asked` is the place of the question that lies open."""

    __tablename__ = "talk"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("crew_group.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    lesson_id: Mapped[str] = mapped_column(String(60))
    lesson_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="open")
    led_by: Mapped[int]
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    """When somebody last tapped: the end of a talk that was forgotten."""
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    minutes: Mapped[int | None]
    asked: Mapped[int] = mapped_column(default=0)
    edit_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_talk_open", "state", "closes_at"),
        Index("ix_talk_unit", "unit_id", "started_at"),
    )


class TalkMemberRow(Base):
    """Somebody who should be at a talk, or came. Facts are keyed by its id, so that erasing a person leaves no link."""

    __tablename__ = "talk_member"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"))
    person_id: Mapped[int]
    expected: Mapped[bool]
    guest: Mapped[bool]
    here_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("talk_id", "person_id"),)


class TalkQuestionRow(Base):
    """A question of a talk, and two sums. `shown` is the stored order of the choices."""

    __tablename__ = "talk_question"
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(String(40))
    question_version: Mapped[int]
    shown: Mapped[list[Any]] = mapped_column(Json)
    answered: Mapped[int] = mapped_column(default=0)
    right: Mapped[int] = mapped_column(default=0)


class TalkAnswerRow(Base):
    """That somebody answered a question of a talk, so that they answer once. What they answered is kept nowhere."""

    __tablename__ = "talk_answer"
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
