"""Goals, what was done of them, and how they are handed over."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class SafetyGoalRow(Base):
    """A goal with its one owner. `open_item` holds what is ordered while it is open: nobody can order the same twice."""

    __tablename__ = "safety_goal"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    open_item: Mapped[str | None] = mapped_column(String(60), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("safety_goal.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    words: Mapped[str] = mapped_column(String(200))
    target: Mapped[int]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    set_by: Mapped[int]
    set_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class GoalStepRow(Base):
    """So much was done. Rows are only added: what a digest says is their sum."""

    __tablename__ = "goal_step"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("safety_goal.id"), index=True)
    person_id: Mapped[int]
    amount: Mapped[int]
    on_date: Mapped[date]
    at: Mapped[datetime]


class GoalHandoverRow(Base):
    """A goal on its way from one owner to another; both have to say yes. `open_goal`: one at a time."""

    __tablename__ = "goal_handover"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("safety_goal.id"))
    open_goal: Mapped[int | None] = mapped_column(unique=True)
    from_id: Mapped[int]
    to_id: Mapped[int]
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    from_yes_at: Mapped[datetime | None]
    to_yes_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    """asked, done, refused."""
    settled_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_goal_handover_to", "to_id", "state"),)
