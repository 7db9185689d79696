"""Looks at duties: whom and which duty was drawn, what was found, and what both sides say."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class DutyCheckRow(Base):
    """One look; `key` makes it exist once a round, unit and person."""

    __tablename__ = "duty_check"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    round: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    checker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    list_id: Mapped[int] = mapped_column(ForeignKey("duty_list.id"))
    duty: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10))
    drawn_at: Mapped[datetime]
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(10))
    answered_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
    media: Mapped[str | None] = mapped_column(String(120), info={"file": "ref"})
    reply: Mapped[str | None] = mapped_column(Text)
    replied_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_duty_check_checker", "checker_id", "state", "due_at"),
        Index("ix_duty_check_due", "state", "due_at"),
    )
