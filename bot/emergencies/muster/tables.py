"""Musters, who is on their rosters, and who is there as a guest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class MusterRow(Base):
    """One muster. `open_unit` is the unit while it runs and then nothing: so a unit has one at a time."""

    __tablename__ = "muster"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    open_unit: Mapped[int | None] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    real: Mapped[bool]
    everybody: Mapped[bool]
    started_by: Mapped[int]
    started_at: Mapped[datetime]
    round: Mapped[int] = mapped_column(default=1)
    round_at: Mapped[datetime]
    planned: Mapped[bool] = mapped_column(default=False)
    """Whether the whole roster has been called."""
    shown: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """The counts as they stand on the boards."""
    shown_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    forgot_at: Mapped[datetime | None]
    """When the names of guests were erased."""
    lessons: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (Index("ix_muster_path", "path"),)


class MusterRosterRow(Base):
    """Somebody to be accounted for. Rows are only added: whoever was on the list stays on it."""

    __tablename__ = "muster_roster"
    muster_id: Mapped[int] = mapped_column(ForeignKey("muster.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    unit_id: Mapped[int]
    path: Mapped[str] = mapped_column(String(120))
    rank: Mapped[int]
    phone: Mapped[bool]
    state: Mapped[str] = mapped_column(String(8))
    by_id: Mapped[int | None]
    """The warden who said so; nobody: they themselves."""
    first_at: Mapped[datetime | None]
    """When anything was known of them for the first time."""
    answered_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_muster_roster_state", "muster_id", "state", "unit_id"),)


class MusterGuestRow(Base):
    """A visitor or a contractor, added by a warden. The name is erased some days after the end."""

    __tablename__ = "muster_guest"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    muster_id: Mapped[int] = mapped_column(ForeignKey("muster.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(8))
    by_id: Mapped[int]
    first_at: Mapped[datetime | None]
