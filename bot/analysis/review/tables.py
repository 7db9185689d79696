"""Entries of the monthly review, and all that was done to each."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class ReviewItemRow(Base):
    """One entry. `month_on` moves on while it is open; its history stays."""

    __tablename__ = "review_item"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    phase: Mapped[str] = mapped_column(String(6))
    state: Mapped[str] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date]
    opened_on: Mapped[date]
    month_on: Mapped[date]
    round: Mapped[int] = mapped_column(default=0)
    added_by: Mapped[int]
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_review_item_month", "state", "month_on"),
        Index("ix_review_item_path", "path", "month_on"),
    )


class ReviewEventRow(Base):
    """Something that was done to an entry. Rows are only added."""

    __tablename__ = "review_event"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"), index=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None]
    what: Mapped[str] = mapped_column(String(8))
    """added, phase, note, due, carried, passed, done, dropped."""
    phase: Mapped[str] = mapped_column(String(6))
    month_on: Mapped[date]
    words: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None]
