"""Tables of plans. Terms are never changed: they are closed on a day, and new ones begin, so that any day can be asked about."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Big, Id


class LessonPlanRow(Base):
    """What the people of a unit get when, from a day to a day (exclusive), as somebody decided it."""

    __tablename__ = "lesson_plan"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    series: Mapped[int] = mapped_column(Big, index=True, default=0)
    """The number of its first terms: what was changed, or paused and let go on, is one plan."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    what: Mapped[str] = mapped_column(String(12))
    which: Mapped[str | None] = mapped_column(String(60))
    days: Mapped[str] = mapped_column(String(7))
    at: Mapped[time | None]
    starts_on: Mapped[date]
    until_on: Mapped[date | None]
    since: Mapped[datetime]
    """What was read before this does not count as read for it."""
    closed_on: Mapped[date | None]
    """The first day on which it holds no more, because somebody changed, paused or ended it."""
    closed_as: Mapped[str | None] = mapped_column(String(12))
    decided_by: Mapped[int]
    decided_at: Mapped[datetime]
    closed_by: Mapped[int | None]
    cursor: Mapped[int] = mapped_column(Big, default=0)
    """Of one about a course: how far through the people it was given; 0 between two rounds."""
    checked_at: Mapped[datetime | None]


class LessonPlanPostRow(Base):
    """A post that a plan is for; a plan without any is for all posts."""

    __tablename__ = "lesson_plan_post"
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), primary_key=True)
    post: Mapped[str] = mapped_column(String(80), primary_key=True)
