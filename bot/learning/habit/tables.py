"""Tables of the habit. None holds a count: days are rows, and what follows from them is worked out when it is looked at."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class HabitDayRow(Base):
    """A working day of somebody on which they did what it held; said by the fact DayLearned. Never changed."""

    __tablename__ = "habit_day"
    person_id: Mapped[int] = mapped_column(primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    assignment_id: Mapped[int]
    """With which it was done."""
    at: Mapped[datetime]


class HabitExcuseRow(Base):
    """A missed day on which somebody says that they were away or ill. Their word is enough; no reason is asked or kept."""

    __tablename__ = "habit_excuse"
    person_id: Mapped[int] = mapped_column(primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)


class HabitBadgeRow(Base):
    """A badge that somebody has."""

    __tablename__ = "habit_badge"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    person_id: Mapped[int] = mapped_column(index=True)
    badge: Mapped[str] = mapped_column(String(20))
    earned_on: Mapped[date]
    told_in: Mapped[int | None]
    """The assignment at whose end they were told."""


class HabitSwitchRow(Base):
    """What is counted in a unit from a moment on. Never changed: what held on an older day still can be said."""

    __tablename__ = "habit_switch"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    mode: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    by: Mapped[int]


class HabitBoardRow(Base):
    """That the board of a unit's teams is switched on."""

    __tablename__ = "habit_board"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[int]


class HabitMemberRow(Base):
    """Somebody counts in the board of a unit because they said so. Leaving deletes the row."""

    __tablename__ = "habit_member"
    person_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[datetime]
    __table_args__ = (Index("ix_habit_member_unit", "unit_id"),)
