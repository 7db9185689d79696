"""Permits to work and what was measured for them. Votes at their gates lie with delivery."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class PermitRow(Base):
    """One permit. `round` counts extensions: each has a gate and a gas test of its own."""

    __tablename__ = "permit"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    card: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int]
    high: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10))
    round: Mapped[int] = mapped_column(default=0)
    receiver_id: Mapped[int] = mapped_column(index=True)
    asked_at: Mapped[datetime]
    issuer_id: Mapped[int | None]
    issued_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    alarm_at: Mapped[datetime | None]
    """When it is to be said that it ends soon; None once that was said."""
    extend_minutes: Mapped[int | None]
    expired_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    back_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_permit_ends", "state", "ends_at"),
        Index("ix_permit_path", "path", "state"),
    )


class PermitGasRow(Base):
    """One value that was measured, by whom and when; `good` is empty where no limit was known."""

    __tablename__ = "permit_gas"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    permit_id: Mapped[int] = mapped_column(ForeignKey("permit.id"), index=True)
    round: Mapped[int]
    gas: Mapped[str] = mapped_column(String(12))
    value: Mapped[float] = mapped_column(Double)
    good: Mapped[bool | None]
    by_id: Mapped[int]
    at: Mapped[datetime]
