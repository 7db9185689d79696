"""Committees, what is put to them, and what each member says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class CommitteeMemberRow(Base):
    """Somebody who is asked about a unit's proposals."""

    __tablename__ = "committee_member"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    named_by: Mapped[int]
    named_at: Mapped[datetime]


class ProposalRow(Base):
    """A proposal and its decision."""

    __tablename__ = "proposal"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    put_by: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    put_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    rung: Mapped[int] = mapped_column(default=0)
    chase_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_proposal_chase", "chase_at"),)


class ProposalVoiceRow(Base):
    """A member who was asked; the row is there from the first moment, so that it stays on record who was."""

    __tablename__ = "proposal_voice"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    stand: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime | None]
