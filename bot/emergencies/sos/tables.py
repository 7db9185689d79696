"""SOS and timers of people who work alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class SosRow(Base):
    """One call for help. Where it came from is erased some days after its end."""

    __tablename__ = "sos"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10))
    alone: Mapped[bool]
    words: Mapped[str] = mapped_column(String(700), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    sent_at: Mapped[datetime]
    leaves_at: Mapped[datetime]
    seen_by: Mapped[int | None]
    seen_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_sos_over", "over_at"),)


class LoneWorkRow(Base):
    """Somebody who works alone. `open_person` is theirs while it lasts, then nothing: one timer a person."""

    __tablename__ = "lone_work"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    open_person: Mapped[int | None] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    path: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(300))
    minutes: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(index=True)
    warned_at: Mapped[datetime | None]
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
