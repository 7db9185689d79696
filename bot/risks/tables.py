"""Tables of the risk register. What people wrote is kept by language; ratings are kept as factors, the colour beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.files import FILE

_ALARMED = text("alarmed_at IS NOT NULL")


class RiskRow(Base):
    """A risk. `code` is what files call it; `bands` marks the bands by which its colours were found."""

    __tablename__ = "risk"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)
    task: Mapped[dict[str, Any]] = mapped_column(Json)
    number: Mapped[int | None]
    step: Mapped[dict[str, Any]] = mapped_column(Json)
    hazard: Mapped[dict[str, Any]] = mapped_column(Json)
    topic: Mapped[str | None] = mapped_column(String(8))
    method: Mapped[str] = mapped_column(String(8))
    inherent: Mapped[list[Any] | None] = mapped_column(Json)
    residual: Mapped[list[Any] | None] = mapped_column(Json)
    colour: Mapped[str | None] = mapped_column(String(8))
    inherent_colour: Mapped[str | None] = mapped_column(String(8))
    bands: Mapped[str | None] = mapped_column(String(16), index=True)
    standing: Mapped[str] = mapped_column(String(12), default="open")
    owner_id: Mapped[int | None]
    round: Mapped[int] = mapped_column(default=0)
    """Counts what was done to it, so that each doing has a key of its own."""
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    rated_at: Mapped[datetime | None]
    rerated_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    alarmed_at: Mapped[datetime | None]
    call_at: Mapped[datetime | None] = mapped_column(index=True)
    """When people are called about an alarmed risk anew."""
    __table_args__ = (
        Index("ix_risk_path", "path", "standing", "colour"),
        Index("ix_risk_alarmed", "path", sqlite_where=_ALARMED, postgresql_where=_ALARMED),
    )


class RiskControlRow(Base):
    """What keeps a risk small. `answer_by` is when nobody having confirmed it becomes a matter for others."""

    __tablename__ = "risk_control"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risk.id"), index=True)
    rank: Mapped[int]
    words: Mapped[dict[str, Any]] = mapped_column(Json)
    owner_id: Mapped[int | None] = mapped_column(index=True)
    every_days: Mapped[int | None]
    held: Mapped[str] = mapped_column(String(10), default="planned")
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    in_place_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    answer_by: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    missing_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_risk_control_due", "held", "due_at"),
        Index("ix_risk_control_late", "held", "answer_by"),
    )


class RiskCheckRow(Base):
    """What somebody found when they looked; once for each time that a look fell due."""

    __tablename__ = "risk_check"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    control_id: Mapped[int] = mapped_column(ForeignKey("risk_control.id"))
    due_at: Mapped[datetime]
    at: Mapped[datetime]
    person_id: Mapped[int]
    in_place: Mapped[bool]
    note: Mapped[str | None] = mapped_column(Text)
    file_id: Mapped[str | None] = mapped_column(String(200))
    media: Mapped[str | None] = mapped_column(String(120), info=FILE)
    __table_args__ = (UniqueConstraint("control_id", "due_at"),)


class KeyPlaceRow(Base):
    """A place on the register of key places: what keeps its risks small is looked at every day."""

    __tablename__ = "risk_key_place"
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int]
    at: Mapped[datetime]


class RiskFileRow(Base):
    """A file with risks that somebody sent: read apart, shown to them, taken when they say so."""

    __tablename__ = "risk_file"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    """fetching, ready, taken, rejected, cancelled."""
    found: Mapped[list[Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime]
