"""Participation of today, counted up to a moment: a page asks the ledger for what came after it, and for nothing else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class ParticipationTodayRow(Base):
    """How many of a unit's own people were offered something on the day that began at `since`, and what they did.

    Those who are on leave are among them: that changes without a fact, and is looked at when it is shown.
    """

    __tablename__ = "participation_today"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    since: Mapped[datetime]
    newer: Mapped[int]
    """How many of the unit's facts after the mark are counted in. While there are as many of them, all of this holds."""
    offered: Mapped[int]
    read: Mapped[int]
    answered: Mapped[int]
    took_part: Mapped[int]
    undelivered: Mapped[int]


class ParticipationMarkRow(Base):
    """What was counted up. One row."""

    __tablename__ = "participation_mark"
    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    fact: Mapped[int] = mapped_column(Id)
    """Up to which fact nothing more is expected to appear."""
