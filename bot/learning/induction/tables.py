"""Tables of the gate. What somebody has to do is kept as it was set; what was done is only ever added."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json

_OPEN = text("done_at IS NULL")


class InductionRow(Base):
    """Somebody has to be inducted; the newest one of a person counts. `key` is what began it."""

    __tablename__ = "induction"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[int] = mapped_column(index=True)
    because: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int]
    post: Mapped[str] = mapped_column(String(80))
    needs: Mapped[list[Any]] = mapped_column(Json)
    months: Mapped[int | None]
    """How long its certificate is good; None: it does not expire."""
    started_at: Mapped[datetime]
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    """When the last step was done: what is asked as of a day is answered from the steps."""
    reminded_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_induction_open", "due_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_induction_waiting", "person_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )


class InductionStepRow(Base):
    """An exam that was passed, or hours that somebody confirmed."""

    __tablename__ = "induction_step"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    induction_id: Mapped[int] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(index=True)
    level: Mapped[str] = mapped_column(String(12))
    what: Mapped[str] = mapped_column(String(12))
    minutes: Mapped[int] = mapped_column(default=0)
    share: Mapped[int] = mapped_column(default=0)
    confirmed_by: Mapped[int | None]
    at: Mapped[datetime]


class ExemptionRow(Base):
    """Somebody may work without the induction, for some days: why, in a code and in words, and who said so."""

    __tablename__ = "exemption"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
