"""Table of certificates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.files import FILE


class CertificateRow(Base):
    """A certificate. Of its number only the hash is here: it is made again from `key` and the installation's secret."""

    __tablename__ = "certificate"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    number_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(120))
    badge: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int]
    what: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(80))
    title: Mapped[dict[str, Any]] = mapped_column(Json)
    lines: Mapped[list[Any]] = mapped_column(Json, default=list)
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
    issued_by: Mapped[int | None]
    reminded: Mapped[int | None]
    """How many days before the end its holder was told last."""
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(20))
    file: Mapped[str | None] = mapped_column(String(120), info=FILE)
    """The newest drawing of it; erased when it has been sent, and drawn anew when somebody asks."""
    drawn_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_certificate_expiry", "expires_on", "reminded"),)
