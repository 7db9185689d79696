"""Devices, PINs, codes, and who is signed in where."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Big, Id, Json


class TabletRow(Base):
    """A device at which people may sign in. Only the hash of what it keeps is here."""

    __tablename__ = "tablet"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    enrolled_by: Mapped[int]
    enrolled_at: Mapped[datetime]
    revoked_by: Mapped[int | None]
    revoked_at: Mapped[datetime | None]


class PinRow(Base):
    """Somebody's PIN, hashed by scrypt with a salt of its own."""

    __tablename__ = "pin"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    set_at: Mapped[datetime]


class PinTryRow(Base):
    """Wrong PINs of a badge or a device, counted before each is looked at. `subject` is a name under seal."""

    __tablename__ = "pin_try"
    subject: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    until: Mapped[datetime]


class DoorCodeRow(Base):
    """A code that is used once. The code itself is nowhere: it is made again from this row and the key."""

    __tablename__ = "door_code"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(index=True)
    unit_id: Mapped[int | None]
    place_id: Mapped[int | None]
    name: Mapped[str | None] = mapped_column(String(80))
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class SeatRow(Base):
    """Somebody signed in before a screen, until they leave it or do nothing for a while."""

    __tablename__ = "seat"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    tablet_id: Mapped[int | None]
    since: Mapped[int] = mapped_column(Big, default=0)
    upto: Mapped[int] = mapped_column(Big, default=0)
    said: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
