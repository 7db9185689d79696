"""Cases of broken rules. Read only by those whom they concern; nothing of them is in the ledger but that they were."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id
from bot.db.files import FILE


class ViolationRow(Base):
    """One case, with all that was said about it."""

    __tablename__ = "violation"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    words: Mapped[str] = mapped_column(Text)
    media: Mapped[str | None] = mapped_column(String(120), info=FILE)
    happened_at: Mapped[datetime]
    by_id: Mapped[int]
    recorded_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    looked_by: Mapped[int | None]
    looked_at: Mapped[datetime | None]
    reply: Mapped[str | None] = mapped_column(Text)
    reply_at: Mapped[datetime | None]
    reply_by: Mapped[datetime | None]
    ripe_at: Mapped[datetime | None]
    """When those who decide were told that they can."""
    decision: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    appeal: Mapped[str | None] = mapped_column(Text)
    appeal_at: Mapped[datetime | None]
    appeal_by: Mapped[datetime | None]
    final: Mapped[str | None] = mapped_column(String(10))
    final_reason: Mapped[str | None] = mapped_column(Text)
    final_by: Mapped[int | None]
    final_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_violation_due", "state", "reply_by"),
        Index("ix_violation_path", "path", "state"),
    )
