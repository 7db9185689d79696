"""What learning speaks of: today's assignment, a question being asked, what somebody remembers. And its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.learning.courses import model as courses
from bot.ledger.model import FactKind
from bot.library.model import Answer


class Kind(StrEnum):
    """What an assignment holds."""

    LESSON = "lesson"
    REVIEW = "review"
    POLL = "poll"
    PRACTICE = "practice"
    EXAM = "exam"
    INDUCTION = "induction"
    NOTHING = "nothing"


class State(StrEnum):
    """How far an assignment has come."""

    OFFERED = "offered"
    OPENED = "opened"
    READ = "read"
    DONE = "done"


class Asked(StrEnum):
    """How far one question of an assignment has come.

    Answered is still open to *wrong button*; settled is kept; lapsed is a native quiz that a newer one replaced.
    """

    PLANNED = "planned"
    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"
    LAPSED = "lapsed"


class Mode(StrEnum):
    """Practice counts as taken part; whether it was right counts in exams alone."""

    PRACTICE = "practice"
    INDUCTION = "induction"
    """Right or wrong is said at once, as in practice; but an answer stays, and enough of them have to be right."""
    EXAM = "exam"


@dataclass(frozen=True)
class Assignment:
    """What somebody was given to learn. `on_date` is the person's own day (for a night shift, the day it began)."""

    id: int
    person: int
    on_date: date
    kind: Kind
    lesson: str | None
    lesson_version: int | None
    state: State
    expires_at: datetime
    later_at: datetime | None


@dataclass(frozen=True)
class Attempt:
    """One question of an assignment. `shown` is the order of the choices; `chosen` the answer, or what is marked of it.

    `sure` is what they said of it themselves; None where they were not asked.
    """

    id: int
    assignment: int
    person: int
    question: str
    version: int
    place: int
    shown: tuple[int, ...]
    state: Asked
    chosen: Answer
    right: bool | None
    mode: Mode
    taken_back: bool
    sure: bool | None = None


@dataclass(frozen=True)
class Memory:
    """What FSRS knows of one person and one question. Stability in days; difficulty 1 to 10."""

    stability: float
    difficulty: float
    due_at: datetime
    reviewed_at: datetime
    reps: int = 0
    lapses: int = 0


@dataclass(frozen=True)
class Tally:
    """How an assignment's questions went."""

    asked: int
    answered: int
    right: int


LESSON_ASSIGNED = FactKind(
    "LessonAssigned", 1, ("lesson", "version"), "A lesson was put before somebody: an opportunity."
)
REVIEW_ASSIGNED = FactKind(
    "ReviewAssigned", 1, ("due",), "Questions to repeat were put before somebody: an opportunity."
)
NOT_DELIVERED = FactKind("LearningNotDelivered", 1, (), "What was assigned never arrived, so it was no opportunity.")
LESSON_OPENED = FactKind("LessonOpened", 1, ("lesson", "version"), "Somebody began a lesson.")
LESSON_READ = FactKind("LessonRead", 1, ("lesson", "version"), "Somebody went through all cards of a lesson.")
QUESTION_OFFERED = FactKind("QuestionOffered", 1, ("question", "version", "mode"), "A question was shown to somebody.")
QUESTION_NOT_DELIVERED = FactKind(
    "QuestionNotDelivered", 1, ("question", "version"), "A native quiz never arrived, so it was no opportunity."
)
QUESTION_ANSWERED = FactKind(
    "QuestionAnswered",
    1,
    ("question", "version", "mode", "first", "right", "sure"),
    "Somebody answered a question. `right` is there for exams alone: practice counts as taken part. `sure` is there where "
    "they were asked whether they are.",
)
EXAM_ANSWER_STRUCK = FactKind(
    "ExamAnswerStruck",
    1,
    ("question", "version"),
    "The question was wrong: the answer counts for nobody, right or not.",
)
FACTS = (
    LESSON_ASSIGNED,
    REVIEW_ASSIGNED,
    NOT_DELIVERED,
    LESSON_OPENED,
    LESSON_READ,
    QUESTION_OFFERED,
    QUESTION_NOT_DELIVERED,
    QUESTION_ANSWERED,
    EXAM_ANSWER_STRUCK,
    *courses.FACTS,
)

PUSH = UnaskedKind(
    "learning.push",
    4,
    Overflow.LEAVE,
    timedelta(hours=12),
    "learning.push_title",
    "The day's lesson or quiz. On a full day it waits under Today, where its room lists it.",
    daily=True,
)
CORRECTED = UnaskedKind(
    "learning.corrected",
    2,
    Overflow.JOIN,
    timedelta(hours=36),
    "learning.corrected_title",
    "A question that somebody answered was wrong: what is right.",
)
LESSON_CHANGED = UnaskedKind(
    "learning.lesson_changed",
    2,
    Overflow.JOIN,
    timedelta(hours=36),
    "learning.lesson_changed_title",
    "A lesson that somebody read means something else now, or was wrong: what is right.",
)
UNASKED = (CORRECTED, LESSON_CHANGED, PUSH, *courses.UNASKED)
