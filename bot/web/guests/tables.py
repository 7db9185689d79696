"""Tables of guests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class GuestRow(Base):
    """Somebody from outside who may look. Only the hash of what opens the door for them is kept."""

    __tablename__ = "guest"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(300))
    lang: Mapped[str] = mapped_column(String(8))
    pages: Mapped[list[Any]] = mapped_column(Json)
    """The addresses of the pages that they see."""
    units: Mapped[list[Any]] = mapped_column(Json)
    """The ids of the units that they see, with all below."""
    created_by: Mapped[int]
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None]


class GuestLookRow(Base):
    """Each look of a guest, written before it is answered: also one that was refused."""

    __tablename__ = "guest_look"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id"), index=True)
    address: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
