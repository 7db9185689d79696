"""Tables of the library. What was published is never changed: a new version is a new row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.files import FILE, FILES


class BankRow(Base):
    """A bank of questions; `version` is the one that is live."""

    __tablename__ = "bank"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    language: Mapped[str] = mapped_column(String(8))
    title: Mapped[dict[str, Any]] = mapped_column(Json)
    version: Mapped[int]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    """Whose people get its questions: a unit's and all below it; None: the whole company's."""
    changed_at: Mapped[datetime]


class BankVersionRow(Base):
    """That a bank was published: by whom (None: shipped with Davy), and what it changed."""

    __tablename__ = "bank_version"
    bank_id: Mapped[str] = mapped_column(ForeignKey("bank.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None]
    added: Mapped[int]
    changed: Mapped[int]
    retired: Mapped[int]


class BankChangeRow(Base):
    """What a version of a bank did to one question: gave it this version, or (None) took it out of use."""

    __tablename__ = "bank_change"
    bank_id: Mapped[str] = mapped_column(ForeignKey("bank.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    question_version: Mapped[int | None]


class QuestionRow(Base):
    """A question by its stable id, with what choosing needs of its live version. Retired ones stay."""

    __tablename__ = "question"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    bank_id: Mapped[str] = mapped_column(ForeignKey("bank.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(String(20), index=True)
    lesson_id: Mapped[str | None] = mapped_column(String(60), index=True)
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    shipped: Mapped[bool]
    """Whether the live version came with Davy; a trainer's is not touched by an upgrade."""
    retired_at: Mapped[datetime | None]
    said_in: Mapped[str | None] = mapped_column(String(200))
    """The languages in which all of the live version is said: `,en,es,`. None: not looked at yet."""
    aside_in: Mapped[str | None] = mapped_column(String(200))
    """Those whose translation was set aside, because the words that it was made of have changed."""


class QuestionVersionRow(Base):
    """A question as it was published. Immutable: answers name the version they were given to."""

    __tablename__ = "question_version"
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json, info=FILES)
    at: Mapped[datetime]


class QuestionScopeRow(Base):
    """Where a question holds: a jurisdiction, or `any`."""

    __tablename__ = "question_scope"
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20), primary_key=True)


class LessonRow(Base):
    """A lesson by its id; `position` is its place in the order in which people get lessons: a trainer's own come first."""

    __tablename__ = "lesson"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    topic: Mapped[str] = mapped_column(String(20), index=True)
    position: Mapped[int]
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    shipped: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether it came with Davy; a trainer's own is not touched by an upgrade."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    """Whose people an own lesson is for: a unit's and all below it. None: it is shipped, for all who sign it."""
    retired_at: Mapped[datetime | None]


class LessonVersionRow(Base):
    """A lesson as it was published: by whom (None: shipped with Davy). Immutable."""

    __tablename__ = "lesson_version"
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json, info=FILES)
    at: Mapped[datetime]
    person_id: Mapped[int | None]


class LessonScopeRow(Base):
    """Where a lesson holds: a jurisdiction, or `any`."""

    __tablename__ = "lesson_scope"
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20), primary_key=True)


class AdoptionRow(Base):
    """A unit takes on what holds elsewhere: `what` is a jurisdiction, `lesson:<id>` or `question:<id>`."""

    __tablename__ = "adoption"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    what: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None]


class SignatureRow(Base):
    """Somebody answers for a version of a lesson, for a unit and all below it. Without one, nobody there gets it."""

    __tablename__ = "signature"
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    version: Mapped[int]
    person_id: Mapped[int | None]
    at: Mapped[datetime]


class DoubtRow(Base):
    """Somebody says that a question is wrong, once a version."""

    __tablename__ = "doubt"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), index=True)
    version: Mapped[int]
    person_id: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    """open, kept, withdrawn, corrected."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class CorrectionRow(Base):
    """A question was wrong up to a version: withdrawn (and then `words` say what is right) or corrected by a newer one."""

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"))
    version: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    explained_at: Mapped[datetime | None]


class ShippedFileRow(Base):
    """Which file of the shipped content was taken in, by its hash: it is read again only when it changed."""

    __tablename__ = "shipped_file"
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class UploadRow(Base):
    """A bank that a trainer sent: what it would change, until it is published or given up."""

    __tablename__ = "upload"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(200))
    media: Mapped[str | None] = mapped_column(String(120), info=FILE)
    state: Mapped[str] = mapped_column(String(12), default="fetching")
    """fetching, rejected, ready, planned, published, cancelled, outdated."""
    bank_id: Mapped[str | None] = mapped_column(String(40))
    base_version: Mapped[int | None]
    """The bank's version that the preview was made against; 0 where the bank was new."""
    changes: Mapped[dict[str, Any] | None] = mapped_column(Json)
    publish_at: Mapped[datetime | None]
    """When it goes live by itself, once somebody has said so."""
    plan: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """How: `{"retire_absent": bool, "unit": int}`."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_upload_planned", "state", "publish_at"),)


LESSON, QUESTION = "lesson:", "question:"
"""How `adoption.what` begins where one piece of content is adopted and not a whole jurisdiction."""
