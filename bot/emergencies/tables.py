"""Emergency plans and what they need."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.files import FILES


class EmergencyPlanRow(Base):
    """One plan a unit and kind. `routes` are refs of pictures."""

    __tablename__ = "emergency_plan"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[dict[str, Any]] = mapped_column(Json)
    steps: Mapped[dict[str, Any]] = mapped_column(Json)
    organisation: Mapped[list[Any]] = mapped_column(Json, default=list)
    contacts: Mapped[list[Any]] = mapped_column(Json, default=list)
    routes: Mapped[list[Any]] = mapped_column(Json, default=list, info=FILES)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    reviewed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """When the owner was told that it is a year since anybody went through it."""
    __table_args__ = (UniqueConstraint("unit_id", "kind"), Index("ix_emergency_plan_review", "told_at", "reviewed_at"))


class EmergencyMaterialRow(Base):
    """Something a plan needs. `told_at`: its owner knows that it runs out."""

    __tablename__ = "emergency_material"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("emergency_plan.id"), index=True)
    words: Mapped[str] = mapped_column(String(140))
    expires_on: Mapped[date | None] = mapped_column(index=True)
    told_at: Mapped[datetime | None]
