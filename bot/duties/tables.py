"""Lists of duties as they were signed, whom they were given to, the quiz, and files on their way in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json

_OPEN = text("acknowledged_at IS NULL AND withdrawn_at IS NULL")


class DutyListRow(Base):
    """A signed list; what it says is never changed. A newer version ends it."""

    __tablename__ = "duty_list"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    post: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    level: Mapped[str] = mapped_column(String(12))
    scope: Mapped[dict[str, Any]] = mapped_column(Json)
    duties: Mapped[list[Any]] = mapped_column(Json)
    source: Mapped[str] = mapped_column(String(60))
    """The shipped draft or the file that it came from."""
    signed_by: Mapped[int]
    signed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("unit_id", "post", "version"), Index("ix_duty_list_force", "ended_at", "post"))


class DutyGivenRow(Base):
    """A list that somebody was given. Withdrawn: it no longer holds for them."""

    __tablename__ = "duty_given"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("duty_list.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    above_told_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_duty_given_list", "list_id", "person_id"),
        Index(
            "ix_duty_given_open",
            "given_at",
            "person_id",
            "told_at",
            "reminded_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_duty_given_person", "person_id", "withdrawn_at", "acknowledged_at"),
    )


class DutyQuizRow(Base):
    """A quiz about somebody's own list: its questions as they were drawn, and how far it is."""

    __tablename__ = "duty_quiz"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("duty_list.id"), index=True)
    questions: Mapped[list[Any]] = mapped_column(Json)
    number: Mapped[int] = mapped_column(default=0)
    """How many are answered."""
    right: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class DutyFileRow(Base):
    """A file with lists that somebody sent: read apart, shown to them, signed when they say so."""

    __tablename__ = "duty_file"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    """fetching, ready, signed, rejected, cancelled."""
    found: Mapped[list[Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime]
