"""When somebody's health check is due, and when they were there. There is no column for anything else, and there shall be none."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class CheckupRow(Base):
    """One a person. `reminded_for`, `escalated_for`: the due day that they, their leaders were told of."""

    __tablename__ = "checkup"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    every_months: Mapped[int]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    reminded_for: Mapped[date | None]
    escalated_for: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    """Once was enough, or they have left."""
    __table_args__ = (Index("ix_checkup_due", "ended_at", "due_on"),)
