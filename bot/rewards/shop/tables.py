"""The catalogue and what was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class RewardRow(Base):
    """Something to be had for points. The stock is changed by conditional updates alone and never goes below none."""

    __tablename__ = "reward"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    names: Mapped[dict[str, Any]]
    cost: Mapped[int]
    stock: Mapped[int]
    put_by: Mapped[int]
    put_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("unit_id", "code"), CheckConstraint("stock >= 0", name="stock"))


class RedemptionRow(Base):
    """A wish for a reward, and its answer."""

    __tablename__ = "reward_redemption"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    reward_id: Mapped[int] = mapped_column(ForeignKey("reward.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    path: Mapped[str] = mapped_column(String(120))
    cost: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    held_id: Mapped[int | None] = mapped_column(Id)
    asked_at: Mapped[datetime]
    pressed_at: Mapped[datetime | None]
    """When others were told that nobody had answered."""
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (Index("ix_redemption_waiting", "state", "asked_at"),)
