"""Abnormal states. Votes at their gates lie with delivery; what was tried besides is in the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class AbnormalRow(Base):
    """An area and a state, with the gate that was in force when it was asked for. `key` makes one request one row."""

    __tablename__ = "abnormal_state"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text)
    needed: Mapped[int]
    each: Mapped[list[Any]] = mapped_column(Json)
    minutes: Mapped[int]
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    decide_by: Mapped[datetime]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    told: Mapped[int] = mapped_column(default=0)
    """How many people were told that it has begun."""
    __table_args__ = (
        Index("ix_abnormal_state_ends", "state", "ends_at"),
        Index("ix_abnormal_state_decide", "state", "decide_by"),
    )
