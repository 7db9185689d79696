"""Honours and published bulletins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class HonourRow(Base):
    """Somebody is honoured for something; their name is shown only after their yes, and no longer after their no."""

    __tablename__ = "honour"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    month: Mapped[str] = mapped_column(String(7), index=True)
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int]
    at: Mapped[datetime]
    consent: Mapped[str] = mapped_column(String(5))
    answered_at: Mapped[datetime | None]


class BulletinRow(Base):
    """A published month of a unit: figures as they were then. Names are none of it, they are looked up when it is read."""

    __tablename__ = "point_bulletin"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    month: Mapped[str] = mapped_column(String(7))
    figures: Mapped[dict[str, Any]]
    by_id: Mapped[int]
    published_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("unit_id", "month"),)
