"""How questions and answers look in the chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import speaking
from bot.voice.questions.model import Found
from bot.voice.questions.tables import QuestionAskedRow

SHORT = 220


def ref(id: int) -> str:
    """Under which all copies of a question stand."""
    return f"asked:{id}"


def question(row: QuestionAskedRow, name: str, late: bool | None = None) -> Message:
    """A question as whoever is to answer it gets it; `late`: None at first, then whether its day is over."""
    due = row.due_at.isoformat() if row.due_at is not None else None
    said = text("voice.questions.question", name=name, words=row.words, due=due, late=late)
    return Message(said, rows(button("voice.questions.b_answer", f"vq:answer:{row.id}")), ref=ref(row.id))


def similar(session: Session, known: Sequence[Found], now: datetime) -> Message:
    """What was answered before, ahead of asking it again."""
    keys = [button("voice.questions.b_read", f"vq:read:{each.id}", number=at) for at, each in enumerate(known, 1)]
    send = button("voice.questions.b_send", "vq:send")
    said = text("voice.questions.similar", found=_lines(session, known, now))
    return Message(said, (*rows(*keys, each=3), *rows(send, button("voice.cancel", "ob.cancel"))))


def answers(session: Session, known: Sequence[Found], words: str, now: datetime) -> Message:
    """The newest answers, or those that fit some words."""
    keys = [button("voice.questions.b_read", f"vq:read:{each.id}", number=at) for at, each in enumerate(known, 1)]
    said = text("voice.questions.answers", found=_lines(session, known, now), words=words)
    return Message(said, (*rows(*keys, each=5), *rows(button("voice.questions.b_ask", "vq:new"))))


def one(session: Session, known: Found, now: datetime) -> Message:
    """An answer, whole."""
    said = text(
        "voice.questions.one", words=known.words, answer=known.answer, name=speaking.name(session, known.by, now),
        at=known.at.isoformat() if known.at is not None else None,
    )  # fmt: skip
    return Message(said, rows(button("voice.questions.b_helped", f"vq:helped:{known.id}")))


def _lines(session: Session, known: Sequence[Found], now: datetime) -> list[dict[str, Any]]:
    return [{"words": short(each.words), "answer": short(each.answer)} for each in known]


def short(words: str) -> str:
    """The beginning of a long text."""
    return words if len(words) <= SHORT else words[: SHORT - 1].rstrip() + "…"
