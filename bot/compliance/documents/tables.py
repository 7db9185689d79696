"""Tables of system documents. What was published is never changed: a new version is a new row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.files import FILES


class DocumentRow(Base):
    """A document with what finding it needs of its live version; `search` holds its words as `rules.searched` makes them."""

    __tablename__ = "system_document"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[dict[str, Any]] = mapped_column(Json)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    places: Mapped[list[Any]] = mapped_column(Json, default=list)
    owner_id: Mapped[int | None]
    number: Mapped[int]
    search: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_system_document_path", "path"),)


class DocumentVersionRow(Base):
    """A document as it was published: its words by language, its PDFs by language (ref and name)."""

    __tablename__ = "system_document_version"
    document_id: Mapped[int] = mapped_column(ForeignKey("system_document.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[dict[str, Any]] = mapped_column(Json)
    files: Mapped[dict[str, Any]] = mapped_column(Json, info=FILES)
    by_id: Mapped[int]
    at: Mapped[datetime]


class DocumentClauseRow(Base):
    """The clause of a law that a document rests on; the law by its code, so that either can be entered first."""

    __tablename__ = "system_document_clause"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("system_document.id"), index=True)
    law: Mapped[str] = mapped_column(String(40), index=True)
    clause: Mapped[str] = mapped_column(String(60))
    __table_args__ = (UniqueConstraint("document_id", "law", "clause"),)
