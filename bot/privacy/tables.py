"""Legal holds."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class LegalHoldRow(Base):
    """One hold on one person; ended by its date or by hand."""

    __tablename__ = "legal_hold"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    placed_at: Mapped[datetime]
    until_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
