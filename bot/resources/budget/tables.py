"""Lines of the budget, limits of approval, requests, bookings. Amounts are minor units."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Big, Id, Json
from bot.db.files import FILE


class BudgetLineRow(Base):
    """What a unit plans for a heading in a year. `touched_at` is written to hold the row while its figures are read."""

    __tablename__ = "budget_line"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    year: Mapped[int]
    heading: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    planned: Mapped[int] = mapped_column(Big)
    alert_at: Mapped[list[Any]] = mapped_column(Json)
    set_by: Mapped[int]
    touched_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("unit_id", "year", "heading"),)


class BudgetLimitRow(Base):
    """Up to how much a role may approve in a unit and below."""

    __tablename__ = "budget_limit"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    most: Mapped[int] = mapped_column(Big)
    __table_args__ = (UniqueConstraint("unit_id", "role"),)


class BudgetRequestRow(Base):
    """Somebody asks for money. `amount` is what was approved once it is; `photo` shows what it is for."""

    __tablename__ = "budget_request"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("budget_line.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int]
    path: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column(Big)
    words: Mapped[str] = mapped_column(String(300))
    photo: Mapped[str | None] = mapped_column(String(200), info=FILE)
    state: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    closed_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_budget_request_state", "state", "asked_at"),)


class BudgetBookingRow(Base):
    """Something was paid. Rows are only added: what was paid is their sum, and a mistake is booked back."""

    __tablename__ = "budget_booking"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("budget_line.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("budget_request.id"), index=True)
    amount: Mapped[int] = mapped_column(Big)
    words: Mapped[str] = mapped_column(String(300))
    person_id: Mapped[int]
    on_date: Mapped[date]
    at: Mapped[datetime]


class BudgetAlarmRow(Base):
    """A share of a line was reached and told. Another plan is another key, so that it is told anew."""

    __tablename__ = "budget_alarm"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("budget_line.id"), index=True)
    share: Mapped[int]
    at: Mapped[datetime]


class PostRateRow(Base):
    """What an hour of a post costs in a unit and below; for what training costs, and for nothing about a person."""

    __tablename__ = "post_rate"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    post: Mapped[str] = mapped_column(String(80))
    currency: Mapped[str] = mapped_column(String(3))
    hourly: Mapped[int] = mapped_column(Big)
    __table_args__ = (UniqueConstraint("unit_id", "post"),)
