"""Interviews. What was said stands under one seal a round: notes have no row, time or order of their own, and no person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class InterviewRoundRow(Base):
    """A round of interviews: about what, when, by whom, and what changed. `sealed`: the notes and whose they are."""

    __tablename__ = "interview_round"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    lead_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(12))
    topic: Mapped[str] = mapped_column(String(120))
    planned_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    changed: Mapped[str | None] = mapped_column(Text)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    rung: Mapped[int] = mapped_column(default=0)
    chase_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_interview_round_chase", "chase_at"),)


class InterviewPersonRow(Base):
    """Somebody who was invited: what they answered, and whether they were spoken with. No time: it would point at a note."""

    __tablename__ = "interview_person"
    round_id: Mapped[int] = mapped_column(ForeignKey("interview_round.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    agreed: Mapped[bool | None]
    reached: Mapped[bool] = mapped_column(default=False)
