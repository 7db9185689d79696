"""Safety reports by month, and visits to where work is done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class SafetyReportRow(Base):
    """A report that a leader was asked for; `key` makes it exist once a person and month."""

    __tablename__ = "safety_report"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    path: Mapped[str] = mapped_column(String(120))
    month: Mapped[str] = mapped_column(String(7))
    state: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    above_told_at: Mapped[datetime | None]
    done: Mapped[str | None] = mapped_column(Text)
    seen: Mapped[str | None] = mapped_column(Text)
    promised: Mapped[str | None] = mapped_column(Text)
    visits: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_safety_report_due", "state", "due_at"),)


class SiteVisitRow(Base):
    """Somebody was at a place of work, with a photo and where it was, to about a hundred metres."""

    __tablename__ = "site_visit"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    media: Mapped[str | None] = mapped_column(String(120), info={"file": "ref"})
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    __table_args__ = (Index("ix_site_visit_person", "person_id", "at"),)
