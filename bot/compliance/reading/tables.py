"""Notices. Who acknowledged lies with delivery; who has not is never written down: it is asked of the day's people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json


class NoticeRow(Base):
    """What is to be acknowledged, and by whom; `number` is its live version."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    posts: Mapped[list[Any]] = mapped_column(Json, default=list)
    document_id: Mapped[int | None] = mapped_column(index=True)
    number: Mapped[int]
    by_id: Mapped[int]
    began_at: Mapped[datetime]
    """When its live version began."""
    chased_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_notice_live", "ended_at", "path"),)


class NoticeVersionRow(Base):
    """What a version said, by language. Immutable but for languages that are added."""

    __tablename__ = "notice_version"
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[dict[str, Any]] = mapped_column(Json)
    by_id: Mapped[int]
    at: Mapped[datetime]


class NoticeToldRow(Base):
    """That somebody was asked for a version; `last_at` is when they last heard of it, `tries` their answers so far."""

    __tablename__ = "notice_told"
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]
    last_at: Mapped[datetime]
    reminded: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
