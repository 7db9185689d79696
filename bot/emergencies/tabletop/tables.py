"""Tabletop exercises and their decisions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class TabletopRow(Base):
    """One exercise; `key` makes a second press of the same button harmless."""

    __tablename__ = "tabletop"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    scenario: Mapped[str] = mapped_column(String(20))
    step: Mapped[str] = mapped_column(String(20))
    place: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class TabletopDecisionRow(Base):
    """What was decided, after how many seconds."""

    __tablename__ = "tabletop_decision"
    run_id: Mapped[int] = mapped_column(ForeignKey("tabletop.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(String(20))
    choice: Mapped[int]
    good: Mapped[bool]
    seconds: Mapped[int]
