"""Surveys. There is no row of an answer: only sums, one sealed row for each part of a unit.

Who was asked, and how far they are, is needed while the survey runs so that nobody answers twice; it stands apart, has no time,
and is erased at the end. One row holds all sums of a part and is written anew with each answer, under a seal that never looks the
same twice: neither its content nor its place, time or order says which answer came last, nor does what a database notes of a row.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class PulseRow(Base):
    """A survey: whom it is for, what it states, from when until when."""

    __tablename__ = "pulse"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    statements: Mapped[list[Any]] = mapped_column(Json)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    started_by: Mapped[int]
    asked: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    __table_args__ = (Index("ix_pulse_state", "state", "closes_at"),)


class PulsePersonRow(Base):
    """Somebody who is asked, and how many statements they have answered. Erased when the survey ends."""

    __tablename__ = "pulse_person"
    pulse_id: Mapped[int] = mapped_column(ForeignKey("pulse.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    done: Mapped[int] = mapped_column(default=0)
    reminded: Mapped[bool] = mapped_column(default=False)


class PulseCellRow(Base):
    """The sums of one part of the unit, under seal."""

    __tablename__ = "pulse_cell"
    pulse_id: Mapped[int] = mapped_column(ForeignKey("pulse.id"), primary_key=True)
    part_id: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
