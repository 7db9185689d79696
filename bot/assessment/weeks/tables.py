"""Participation of a unit in a week that is over, counted once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base


class ParticipationWeekRow(Base):
    """How many of a unit's own people were offered something in a week (it begins on a Monday), how many took part."""

    __tablename__ = "participation_week"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    week_on: Mapped[date] = mapped_column(primary_key=True)
    offered: Mapped[int]
    took_part: Mapped[int]
