"""Pictures on their way to questions. Never the ones with faces: those stay with the danger that they show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.files import FILE, FILES


class SpotRow(Base):
    """A danger's pictures with blurred faces, what a trainer covered besides, and who says that nobody can be recognised."""

    __tablename__ = "spot"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    topic: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(default=0)
    pictures: Mapped[list[str]] = mapped_column(Json, default=list, info=FILES)
    faces: Mapped[int] = mapped_column(default=0)
    chosen: Mapped[int] = mapped_column(default=0)
    covers: Mapped[list[int]] = mapped_column(Json, default=list)
    shown: Mapped[str | None] = mapped_column(String(120), info=FILE)
    grid: Mapped[str | None] = mapped_column(String(120), info=FILE)
    marks: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    sure_by: Mapped[int | None]
    sure_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    __table_args__ = (Index("ix_spot_waiting", "state", "touched_at"),)


class SpotPictureRow(Base):
    """Every file that was made for one: a question may show it only if it is the one that somebody was sure of."""

    __tablename__ = "spot_picture"
    ref: Mapped[str] = mapped_column(String(120), primary_key=True, info=FILE)
    spot_id: Mapped[int] = mapped_column(ForeignKey("spot.id"), primary_key=True)
