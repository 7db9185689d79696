"""Table of handovers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class HandoverRow(Base):
    """What one supervisor wrote for the next. `items` are the open things as they stood then, as stored texts."""

    __tablename__ = "handover"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int]
    giver_id: Mapped[int] = mapped_column(index=True)
    taker_id: Mapped[int] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(Text)
    items: Mapped[list[Any]] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(String(14), default="given")
    given_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_handover_remind", "state", "remind_at"),)
