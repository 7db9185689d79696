"""Questions to the safety officer, and the words by which their answers are found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class QuestionAskedRow(Base):
    """A question to the safety officer, with its answer. Who may answer hangs on the asker's unit of that time.

    `rung` counts how often it fell due; `kept_private`: the answer is for the asker alone.
    """

    __tablename__ = "question_asked"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    unit_id: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default="open")
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    chase_at: Mapped[datetime | None]
    rung: Mapped[int] = mapped_column(default=0)
    kept_private: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_question_asked_chase", "state", "chase_at"),)


class AnswerWordRow(Base):
    """A word by which an answer that everybody may read is found."""

    __tablename__ = "answer_word"
    word: Mapped[str] = mapped_column(String(12), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question_asked.id"), primary_key=True, index=True)
