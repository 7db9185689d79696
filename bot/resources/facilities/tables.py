"""Safety facilities and who looked at them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class FacilityRow(Base):
    """A facility. `reminded_for`, `escalated_for`: the due day that its owner, its leaders were told of."""

    __tablename__ = "facility"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(140))
    every_days: Mapped[int]
    due_on: Mapped[date]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reminded_for: Mapped[date | None]
    escalated_for: Mapped[date | None]
    retired_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_facility_due", "retired_at", "due_on"),)


class FacilityCheckRow(Base):
    """Somebody looked. `due_on` is the day that it was due: once a day and facility."""

    __tablename__ = "facility_check"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    due_on: Mapped[date]
    person_id: Mapped[int]
    in_order: Mapped[bool]
    words: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
