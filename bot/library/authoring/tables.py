"""Lessons in the making, the files that came for them, and voice notes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.files import FILE, FILES


class LessonDraftRow(Base):
    """A lesson that a trainer is writing; it stays until it is published, given up or left lying for a month."""

    __tablename__ = "lesson_draft"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    lesson_id: Mapped[str] = mapped_column(String(60))
    base_version: Mapped[int]
    """The version of the live lesson that it was begun from; 0 where there was none."""
    unit_id: Mapped[int | None]
    """For whose people; None until that is chosen."""
    state: Mapped[str] = mapped_column(String(12), default="open")
    """open, planned, published, cancelled."""
    content: Mapped[dict[str, Any]] = mapped_column(Json, info=FILES)
    publish_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    tells: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the meaning changed, so that whoever read the lesson is told when this is live."""
    swept_at: Mapped[datetime | None]
    """When the files that came for it and that nothing shows were erased."""
    __table_args__ = (
        Index("ix_lesson_draft_planned", "state", "publish_at"),
        Index("ix_lesson_draft_unswept", "swept_at", "settled_at"),
    )


class LessonRetoldRow(Base):
    """A lesson that retells something confidential: it is published without whatever leads to a person.

    `asked_digest`, `released_digest`: of the words for which somebody else's release was asked, and given. Other words need
    another one.
    """

    __tablename__ = "lesson_retold"
    lesson_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    ref: Mapped[str] = mapped_column(String(60), unique=True)
    path: Mapped[str] = mapped_column(String(120))
    happened_on: Mapped[date]
    places: Mapped[list[Any]] = mapped_column(Json)
    second: Mapped[bool]
    """Whether somebody else has to release it."""
    told_by: Mapped[int]
    told_at: Mapped[datetime]
    asked_digest: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime | None]
    released_digest: Mapped[str | None] = mapped_column(String(64))
    released_by: Mapped[int | None]
    released_at: Mapped[datetime | None]


class LessonFileRow(Base):
    """A photo, film or voice note that came for a draft: fetched and stripped in its own time."""

    __tablename__ = "lesson_file"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("lesson_draft.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    media: Mapped[str | None] = mapped_column(String(120), info=FILE)
    error: Mapped[str | None] = mapped_column(String(12))
    at: Mapped[datetime]


class LessonCorrectionRow(Base):
    """A lesson meant something else up to a version, or was wrong: whoever read one of before is told.

    `words` say what is right where it was withdrawn; where it was corrected its newer version says so.
    """

    __tablename__ = "lesson_correction"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"))
    version: Mapped[int]
    """The first version that holds again; of a withdrawn one, that behind the last."""
    outcome: Mapped[str] = mapped_column(String(12))
    """corrected, withdrawn."""
    words: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_lesson_correction_lesson", "lesson_id", "version"),)


class VoiceNoteRow(Base):
    """A lesson read aloud in a language, for a unit and all below it; `digest` is that of the words that were read."""

    __tablename__ = "voice_note"
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    media: Mapped[str] = mapped_column(String(120), info=FILE)
    person_id: Mapped[int]
    at: Mapped[datetime]
