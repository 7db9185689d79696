"""Files of scores while they are made, and what was issued."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.files import FILE


class ScoreExportRow(Base):
    """A file of scores. The people it is about are worked out first and then counted in slices."""

    __tablename__ = "score_export"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    by_id: Mapped[int] = mapped_column(index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    person_id: Mapped[int | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    format: Mapped[str] = mapped_column(String(8))
    lang: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(10))
    people: Mapped[list[Any]] = mapped_column(Json, default=list)
    done: Mapped[int] = mapped_column(default=0)
    media: Mapped[str | None] = mapped_column(String(120), info=FILE)
    """The file; erased some days after it was sent."""
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_score_export_done", "done_at"),)


class ScoreExportPartRow(Base):
    """What was counted in one slice; goes when the file is there."""

    __tablename__ = "score_export_part"
    export_id: Mapped[int] = mapped_column(ForeignKey("score_export.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[list[Any]] = mapped_column(Json)


class ScoreSnapshotRow(Base):
    """A period that was issued, with its signed file. Never changed and never erased by itself."""

    __tablename__ = "score_snapshot"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    version: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    people: Mapped[int]
    by_id: Mapped[int]
    at: Mapped[datetime]
    media: Mapped[str] = mapped_column(String(120), info=FILE)


class ScorePolicyRow(Base):
    """A policy by which something was issued. Its version never means another text again."""

    __tablename__ = "score_policy"
    version: Mapped[str] = mapped_column(String(40), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
