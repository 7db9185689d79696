"""Questions as values, and the facts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

ASK, ANSWER, SEARCH = "vq.ask", "vq.answer", "vq.search"
"""The conversations in which the next text is a question, an answer, or what is looked for."""


@dataclass(frozen=True)
class Found:
    """An answer that others may read, without the name of whoever asked."""

    id: int
    words: str
    answer: str
    by: int | None
    at: datetime | None


OFFICER_ASKED = FactKind("OfficerAsked", 1, ("question",), "Somebody asked the safety officer something.")
OFFICER_ANSWERED = FactKind("OfficerAnswered", 1, ("question",), "A question was answered, by this person.")
ESCALATED = FactKind(
    "QuestionEscalated", 1, ("question", "unit"), "A question was not answered in time; whoever stands above was told"
)
HELPED = FactKind("AnswerHelped", 1, ("question",), "Somebody found what they wanted to ask among the answers")
FACTS = (OFFICER_ASKED, OFFICER_ANSWERED, ESCALATED, HELPED)

WAITS = UnaskedKind(
    "voice.questions.waits", 4, Overflow.JOIN, timedelta(days=2), "voice.questions.waits_title",
    "A question waits for an answer: a day before its deadline, when it is over, and each week after.",
)  # fmt: skip
LATE = UnaskedKind(
    "voice.questions.late", 5, Overflow.JOIN, timedelta(days=2), "voice.questions.late_title",
    "Whoever asked hears that the deadline was missed and who has been told.",
)  # fmt: skip
UNASKED = (WAITS, LATE)
