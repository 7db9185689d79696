"""Suggestions, and what colleagues think of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class SuggestionRow(Base):
    """A suggestion. `chase_at`: when it is brought up next, `rung`: how often it was since its last change."""

    __tablename__ = "suggestion"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    person_id: Mapped[int] = mapped_column(index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    owner_id: Mapped[int | None] = mapped_column(index=True)
    due_on: Mapped[date | None]
    back_on: Mapped[date | None]
    done_words: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    rung: Mapped[int] = mapped_column(default=0)
    chase_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_suggestion_chase", "chase_at"),)


class SuggestionVoteRow(Base):
    """What a colleague thinks of a suggestion: 1 for, -1 against. One row a person, which they can change."""

    __tablename__ = "suggestion_vote"
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    way: Mapped[int]
    at: Mapped[datetime]
