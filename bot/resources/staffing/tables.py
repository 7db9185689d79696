"""What staffing is required, and who was named."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class StaffingRow(Base):
    """A requirement, by whoever answers for safety there."""

    __tablename__ = "staffing"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    jurisdiction: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(16))
    at_least: Mapped[int]
    from_people: Mapped[int]
    per: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
    retired_at: Mapped[datetime | None]


class NamedRow(Base):
    """Somebody was named for a unit. `open_key`: once a person, kind and unit at a time."""

    __tablename__ = "safety_named"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16))
    open_key: Mapped[str | None] = mapped_column(String(60))
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("open_key"), Index("ix_safety_named_kind", "kind", "ended_at", "path"))
