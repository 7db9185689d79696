"""Who has looked at whose score."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class ScoreLookRow(Base):
    """Somebody has looked at a person's score: once a day and way. Shown to that person, and to nobody else."""

    __tablename__ = "score_look"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[int]
    how: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    __table_args__ = (Index("ix_score_look_person", "person_id", "at"),)
