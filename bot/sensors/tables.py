"""Sensors, their readings, and the machines that may not call any more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class SensorRow(Base):
    """A sensor: what it measures and where, its limits, and how it stands. Times in seconds are whole."""

    __tablename__ = "sensor"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, Any]] = mapped_column(Json)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    measures: Mapped[str] = mapped_column(String(60))
    symbol: Mapped[str] = mapped_column(String(16))
    topic: Mapped[str | None] = mapped_column(String(8))
    warn_low: Mapped[float | None]
    warn_high: Mapped[float | None]
    alarm_low: Mapped[float | None]
    alarm_high: Mapped[float | None]
    back: Mapped[float]
    hold_s: Mapped[int]
    calm_s: Mapped[int]
    silent_s: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    level: Mapped[int] = mapped_column(default=0)
    value: Mapped[float | None]
    at: Mapped[datetime | None]
    warn_since: Mapped[datetime | None]
    alarm_since: Mapped[datetime | None]
    normal_since: Mapped[datetime | None]
    episode: Mapped[int] = mapped_column(default=0)
    worst: Mapped[int] = mapped_column(default=0)
    told: Mapped[int] = mapped_column(default=0)
    heard_at: Mapped[datetime | None]
    silent_since: Mapped[datetime | None]
    silences: Mapped[int] = mapped_column(default=0)
    muted_until: Mapped[datetime | None]
    muted_by: Mapped[int | None]
    muted_why: Mapped[str | None] = mapped_column(String(300))
    __table_args__ = (Index("ix_sensor_unit", "unit_id"),)


class ReadingRow(Base):
    """A value that was taken in; the same one comes in once."""

    __tablename__ = "sensor_reading"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sensor_id: Mapped[int] = mapped_column(ForeignKey("sensor.id"))
    key: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(index=True)
    value: Mapped[float]
    __table_args__ = (
        UniqueConstraint("sensor_id", "key"),
        Index("ix_sensor_reading_newest", "sensor_id", "at"),
    )
