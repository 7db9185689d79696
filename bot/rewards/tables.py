"""The ledger of points, appeals, versions of the policy, and what was switched on. Rows of points are only added."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class PointRow(Base):
    """So many points more or fewer, and why. `reverses_id` is unique: a row is taken back once."""

    __tablename__ = "point"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(260), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    amount: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    rule: Mapped[str | None] = mapped_column(String(40))
    policy: Mapped[int | None]
    fact: Mapped[str | None] = mapped_column(String(60))
    fact_key: Mapped[str | None] = mapped_column(String(200))
    refers: Mapped[int | None] = mapped_column(Id)
    """The redemption, penalty or appeal that a row comes from."""
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("point.id"), unique=True)
    by_id: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    on_date: Mapped[date]
    at: Mapped[datetime]
    appeal_by: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("fact_key IS NOT NULL OR by_id IS NOT NULL", name="traced"),
        Index("ix_point_person", "person_id", "id"),
        Index("ix_point_cap", "person_id", "rule", "on_date"),
    )


class PointAppealRow(Base):
    """An appeal; one a row of points. `tried`: who was named so far."""

    __tablename__ = "point_appeal"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("point.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    path: Mapped[str] = mapped_column(String(120), index=True)
    words: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    decider_id: Mapped[int | None] = mapped_column(index=True)
    due_at: Mapped[datetime]
    level: Mapped[int]
    tried: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (Index("ix_point_appeal_due", "state", "due_at"),)


class PointPolicyRow(Base):
    """A version of the policy as it was when it was first used: what points were given by stays readable for ever."""

    __tablename__ = "point_policy"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[date]
    rules: Mapped[list[Any]]
    taken_at: Mapped[datetime]


class PointSwitchRow(Base):
    """Something is asked to hold in a unit and below, and holds from when another person confirms it. Never changed back: a

    newer row says otherwise. `open_item` keeps one question at a time.
    """

    __tablename__ = "point_switch"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    item: Mapped[str] = mapped_column(String(10))
    on: Mapped[bool]
    open_item: Mapped[str | None] = mapped_column(String(40), unique=True)
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    confirmed_by: Mapped[int | None]
    holds_since: Mapped[datetime | None]
