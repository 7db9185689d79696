"""Tables of the legal register. A version that held is never changed; what depended on it is flagged, never altered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.files import FILE


class LawRow(Base):
    """An entry, with its live version and when its source is to be looked at and evaluated next."""

    __tablename__ = "law"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    jurisdiction: Mapped[str] = mapped_column(String(20))
    title: Mapped[dict[str, Any]] = mapped_column(Json)
    version: Mapped[str] = mapped_column(String(80))
    effective_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(400))
    changes: Mapped[dict[str, Any]] = mapped_column(Json)
    binds: Mapped[dict[str, Any]] = mapped_column(Json)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    topics: Mapped[list[Any]] = mapped_column(Json, default=list)
    owner_id: Mapped[int | None] = mapped_column(index=True)
    look_days: Mapped[int]
    look_at: Mapped[datetime]
    look_asked_at: Mapped[datetime | None]
    evaluate_days: Mapped[int]
    evaluate_at: Mapped[datetime]
    evaluate_asked_at: Mapped[datetime | None]
    number: Mapped[int]
    retired_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    evaluated_at: Mapped[datetime | None]
    watch: Mapped[str] = mapped_column(String(400), default="")
    watch_tag: Mapped[str | None] = mapped_column(String(200))
    watch_digest: Mapped[str | None] = mapped_column(String(64))
    watched_at: Mapped[datetime | None]
    watch_error: Mapped[str | None] = mapped_column(String(80))
    stirred_at: Mapped[datetime | None]
    """When the watched page was seen changed; None once somebody has looked."""
    __table_args__ = (Index("ix_law_look", "look_at"), Index("ix_law_evaluate", "evaluate_at"))


class LawVersionRow(Base):
    """A version as it was entered. Immutable."""

    __tablename__ = "law_version"
    law_id: Mapped[int] = mapped_column(ForeignKey("law.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(80))
    effective_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(400))
    changes: Mapped[dict[str, Any]] = mapped_column(Json)
    by_id: Mapped[int]
    at: Mapped[datetime]


class LawFlagRow(Base):
    """Something that depends on an entry whose version changed; `ref` is a document's number or a lesson's id."""

    __tablename__ = "law_flag"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    law_id: Mapped[int] = mapped_column(ForeignKey("law.id"))
    number: Mapped[int]
    what: Mapped[str] = mapped_column(String(10))
    ref: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    settled_by: Mapped[int | None]
    settled_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("law_id", "number", "what", "ref"),)


class LawEvaluationRow(Base):
    """That somebody evaluated whether a version is met, with their evidence."""

    __tablename__ = "law_evaluation"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    law_id: Mapped[int] = mapped_column(ForeignKey("law.id"), index=True)
    number: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    media: Mapped[str | None] = mapped_column(String(120), info=FILE)
    by_id: Mapped[int]
    at: Mapped[datetime]


class LawFileRow(Base):
    """A file of entries that was sent; `found` is what it holds until it is taken."""

    __tablename__ = "law_file"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    found: Mapped[list[Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime]
