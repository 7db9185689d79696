"""Tables of the interface for other programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class ApiTokenRow(Base):
    """A token: of it only the hash is here. `live_name` is its name while it works, so that two cannot be mixed up."""

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    live_name: Mapped[str | None] = mapped_column(String(40), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    """Who answers for it. It may nothing over units where they are not administrators any more."""
    units: Mapped[list[Any]] = mapped_column(Json)
    scopes: Mapped[list[Any]] = mapped_column(Json)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiOnceRow(Base):
    """That a call with an idempotency key was answered, and a digest of what it said: the same key means the same call."""

    __tablename__ = "api_once"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
