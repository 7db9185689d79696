"""What is said to people in a browser: by chat, or under seal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Big, Id, Json
from bot.db.files import FILES


class InboxRow(Base):
    """A message as it stands in somebody's page; it is rendered when it is shown, like an outbox row when it is sent."""

    __tablename__ = "inbox"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat_id: Mapped[int] = mapped_column(Big)
    person_id: Mapped[int | None] = mapped_column(index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Json, info=FILES)
    ref: Mapped[str | None] = mapped_column(String(120))
    touch: Mapped[int] = mapped_column(Big)
    """Counts up in a chat with every message and every change of one: what is new since a page was shown."""
    version: Mapped[int] = mapped_column(default=1)
    """A button of an older version is too old: it may have meant something else."""
    voted: Mapped[list[Any] | None] = mapped_column(Json)
    """What was chosen where it is a quiz; once."""
    sent_at: Mapped[datetime]
    touched_at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (Index("ix_inbox_chat", "chat_id", "touch"), {"sqlite_autoincrement": True})


class SealedMessageRow(Base):
    """A message to somebody whose name must not stand here. Its number says nothing of when, `box` nothing of whom."""

    __tablename__ = "sealed_message"
    id: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)
    box: Mapped[str] = mapped_column(String(32), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    gone_on: Mapped[date] = mapped_column(index=True)
