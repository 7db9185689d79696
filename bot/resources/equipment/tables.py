"""Protective equipment, its stock by size, requests, and what people have signed for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class EquipmentItemRow(Base):
    """A kind of equipment in the store of a unit."""

    __tablename__ = "equipment_item"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    names: Mapped[dict[str, Any]] = mapped_column(Json)
    sizes: Mapped[list[Any]] = mapped_column(Json)
    keeper_id: Mapped[int | None] = mapped_column(index=True)
    inspect_days: Mapped[int | None]
    life_days: Mapped[int | None]
    low: Mapped[int]


class EquipmentStockRow(Base):
    """How many pieces of a size lie in the store. Taken by conditional update only: it never goes below none."""

    __tablename__ = "equipment_stock"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("equipment_item.id"))
    size: Mapped[str] = mapped_column(String(20))
    count: Mapped[int]
    __table_args__ = (UniqueConstraint("item_id", "size"), CheckConstraint("count >= 0", name="not_below_none"))


class EquipmentRequestRow(Base):
    """Somebody needs a piece. `open_key`: one open request of a person for an item, or for a piece to replace."""

    __tablename__ = "equipment_request"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    open_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("equipment_item.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    size: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(String(10))
    old_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(300), default="")
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    handed_by: Mapped[int | None]
    handed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_equipment_request_state", "state", "asked_at"),)


class EquipmentPieceRow(Base):
    """A piece that its holder has signed for. `told_for`: the day of what falls due that they were told of."""

    __tablename__ = "equipment_piece"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("equipment_request.id"), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("equipment_item.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    size: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    signed_at: Mapped[datetime]
    inspect_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    inspect_told_for: Mapped[date | None]
    expiry_told_for: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_equipment_piece_expires", "state", "expires_on"),
        Index("ix_equipment_piece_inspect", "state", "inspect_on"),
    )
