"""The index by day, and where each area stands. Counts alone: nothing here leads to a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class RiskIndexRow(Base):
    """An area's index on a day: the last one that was worked out on it."""

    __tablename__ = "risk_index"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    people: Mapped[int]
    value: Mapped[float]
    lines: Mapped[list[Any]] = mapped_column(Json)
    __table_args__ = (Index("ix_risk_index_date", "on_date"),)


class RiskLevelRow(Base):
    """Which level an area's index has reached, and since when."""

    __tablename__ = "risk_level"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]


class RiskWarningRow(Base):
    """A crossing that was told, with the lines it rested on."""

    __tablename__ = "risk_warning"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    at: Mapped[datetime]
    before: Mapped[int]
    level: Mapped[int]
    value: Mapped[float]
    people: Mapped[int]
    lines: Mapped[list[Any]] = mapped_column(Json)
