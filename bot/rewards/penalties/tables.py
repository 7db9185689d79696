"""Penalties and their hearings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class PenaltyRow(Base):
    """One hearing, with all that was said."""

    __tablename__ = "point_penalty"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    points: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int]
    asked_at: Mapped[datetime]
    reply_by: Mapped[datetime]
    reply: Mapped[str | None] = mapped_column(Text)
    replied_at: Mapped[datetime | None]
    ripe_at: Mapped[datetime | None]
    """When those who decide were told that they can."""
    state: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    row_id: Mapped[int | None] = mapped_column(Id)
    __table_args__ = (Index("ix_point_penalty_due", "state", "reply_by"),)
