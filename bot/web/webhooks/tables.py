"""Tables of webhooks and their calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class WebhookRow(Base):
    """An address and what it is told. Its secret lies under the installation's seal. `live_name`: its name until it is removed."""

    __tablename__ = "webhook"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    live_name: Mapped[str | None] = mapped_column(String(40), unique=True)
    url: Mapped[str] = mapped_column(String(500))
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    units: Mapped[list[Any]] = mapped_column(Json)
    scopes: Mapped[list[Any]] = mapped_column(Json)
    events: Mapped[list[Any]] = mapped_column(Json)
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """How many tries failed since the last that did not."""
    retry_at: Mapped[datetime | None]
    """Until then nothing is tried there: one that does not answer must not be asked for each call."""


class WebhookCallRow(Base):
    """One call: of which fact, and how it stands. What is said is read from the rooms when it is made, and kept nowhere."""

    __tablename__ = "webhook_call"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(240), unique=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    event: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    gives_up_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(String(200))
    done_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_webhook_call_due", "webhook_id", "state", "next_at"),)
