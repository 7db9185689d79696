"""Tables of the dashboard."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base


class WebSessionRow(Base):
    """Somebody signed in in a browser. Only the hash of what the browser keeps is here; each use moves its end on.

    It is a person's or a guest's. Rows of before the second way in have no `seen_at`: they were seen when they began.
    """

    __tablename__ = "web_session"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(index=True)
    guest_id: Mapped[int | None] = mapped_column(index=True)
    via: Mapped[str] = mapped_column(String(8), default="link", server_default="link")
    agent: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """Which program and system, in a few words, so that somebody knows their own phone in a list."""
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    factor_at: Mapped[datetime | None]
    """When a second factor was last proved in it."""


class UsedLaunchRow(Base):
    """Init data of the Mini App that has signed somebody in: it does so once. Kept until it is too old to be taken."""

    __tablename__ = "used_launch"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)
