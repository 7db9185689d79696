"""What the library is made of: questions in banks, lessons in cards, and the problems a file can have.

Everything here is a frozen value. Text that people read comes as `Localized`, a map from a language code to the text in
that language. A question's payload belongs to its kind (see `kinds/`); the rest is the same for all kinds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

Localized = Mapping[str, str]
"""Language code -> text."""

Answer = tuple[int | str, ...]
"""What somebody answered, as its kind keeps it (as JSON beside the attempt); empty: nothing, or *I do not know*.

Positions are those of the payload's own order, never of the shown one. one, several, true_false (true is 0, false is 1)
and spot: the chosen positions, ascending; order: the steps as they were put; match: for each left side in turn the
position of the choice it was given; number: one text, the number in the question's unit (`("2.5",)`); short: one text,
as typed.
"""

_PAIRED = re.compile("[\U00010000-\U0010ffff]")

ANY = "any"
"""The jurisdiction of a statement that holds everywhere."""

SHIPPED_LANGUAGES = ("en", "zh", "es", "ar", "ru")
MAX_BYTES = 20_000_000
"""The most that a file may have: what Telegram lets a bot fetch. Time and memory are bounded besides (`apart`)."""
MAX_QUESTIONS = 10_000

STEM_LIMIT = 300
OPTION_LIMIT = 100
EXPLANATION_LIMIT = 200
EXPLANATION_LINE_FEEDS = 2
MISCONCEPTION_LIMIT = 120
LETTERS = "abcdef"
"""Names of the options in files and on buttons; their number is the most options a question may have."""


class Severity(StrEnum):
    """An error keeps a bank from being published; a warning is advice."""

    ERROR = "error"
    WARNING = "warning"


class Place(NamedTuple):
    """Where something stands in its file: line and column from 1 in text, or a cell such as `Questions!H7`."""

    line: int | None = None
    column: int | None = None
    cell: str | None = None


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file; its sentence is the text `library.problem_<code>` with `params`."""

    code: str
    file: str = ""
    line: int | None = None
    column: int | None = None
    cell: str | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)
    severity: Severity = Severity.ERROR

    @property
    def text_key(self) -> str:
        """The key of its sentence in the library's texts."""
        return f"library.problem_{self.code}"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a question; a wrong one names the belief that makes people choose it."""

    text: Localized
    right: bool = False
    misconception: Localized = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose on the screen: its position in the payload and its text, or the key of a text of ours."""

    position: int
    text: Localized = field(default_factory=dict)
    text_key: str = ""


class Line(NamedTuple):
    """One line of what is told after an answer: what belongs into a place, or what was answered.

    `right` says whether the line is (part of) the right answer, `chosen` whether it was answered; `instead` is what was
    answered in that place, where it was something else.
    """

    mark: str
    text: Localized
    right: bool
    chosen: bool
    instead: Localized = {}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a grader says: right or not, where the right answers are (payload order), and the beliefs that misled.

    `nearly`: it was taken as right although it is written otherwise, so that the reader is shown how.
    """

    right: bool
    right_positions: tuple[int, ...]
    misconceptions: tuple[Localized, ...] = ()
    nearly: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `places` says where each field stands in its file and takes no part in comparing."""

    id: str
    kind: str
    topic: str
    stem: Localized
    payload: object
    explanation: Localized
    lesson: str | None = None
    jurisdictions: tuple[str, ...] = (ANY,)
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    confidence: bool = False
    """Whether *sure / not sure* is asked with the answer."""
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Bank:
    """The questions of one file. `language` is the language of its plain strings; `file` is its name in messages."""

    id: str
    language: str
    title: Localized
    questions: tuple[Question, ...] = ()
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Doubted:
    """A question in the version that people say is wrong: how many they are, and their words."""

    question: Question
    version: int
    count: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A question that was wrong up to a version: `now` is what stands in its place, else `words` say what is right."""

    id: int
    question: Question
    version: int
    words: str
    now: Question | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card shows: a `photo` or a `video` by its ref, and in words what is seen in it."""

    kind: Literal["photo", "video"]
    ref: str
    text: Localized = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson in all its languages: `cards` maps a language to its cards (Markdown: bold and lists).

    `picture` is a file's name under `content/pictures`, or a `media:` ref. `shows`: what the cards of a trainer's own
    lesson show, one for each card (None: nothing of its own). `language` is that in which it was written.
    """

    id: str
    topic: str
    jurisdictions: tuple[str, ...]
    facts: tuple[str, ...]
    sources: tuple[str, ...]
    seconds: int
    version: int
    title: Localized
    cards: Mapping[str, tuple[str, ...]]
    picture: str | None = None
    picture_text: Localized = field(default_factory=dict)
    language: str = "en"
    shows: tuple[Shown | None, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


def text_in(texts: Localized, language: str, fallback: str = "en") -> str:
    """The text in the reader's language, else in the fallback's, else in any; empty when there is none.

    A regional code (`zh-CN`) falls back to its language (`zh`) first.
    """
    for wanted in (language, language.split("-")[0], fallback):
        if texts.get(wanted):
            return texts[wanted]
    return next((text for text in texts.values() if text), "")


def telegram_length(text: str) -> int:
    """The length as Telegram counts it at its strictest: UTF-16 units, so that an emoji counts two."""
    return len(text) if text.isascii() else len(text) + len(_PAIRED.findall(text))


BANK_PUBLISHED = FactKind(
    "BankPublished", 1, ("bank", "version", "added", "changed", "retired"), "A trainer made a version of a bank live."
)
BANK_PLANNED = FactKind("BankPlanned", 1, ("upload",), "A trainer said when a version of a bank goes live by itself.")
BANK_ROLLED_BACK = FactKind(
    "BankRolledBack", 1, ("bank", "version", "to"), "A bank says again what it said in an earlier version."
)
TRANSLATION_CONFIRMED = FactKind(
    "TranslationConfirmed",
    1,
    ("what", "language", "version"),
    "Somebody says that a translation still holds after its source was changed; what: `lesson:<id>`, `question:<id>`.",
)
BANK_REJECTED = FactKind("BankRejected", 1, ("errors", "warnings"), "A trainer's file had errors and was not taken.")
ADOPTED = FactKind(
    "ContentAdopted",
    1,
    ("what",),
    "A unit gets what follows the rules of another place; what: `lesson:<id>` and so on.",
)
GIVEN_UP = FactKind("ContentGivenUp", 1, ("what",), "A unit no longer gets what it had adopted.")
SIGNED = FactKind("LessonSigned", 1, ("lesson", "version"), "Somebody read a lesson and answers for it at their unit.")
UNSIGNED = FactKind(
    "LessonUnsigned", 1, ("lesson", "version"), "A signature was taken back: the lesson is a draft again."
)
QUESTION_DOUBTED = FactKind("QuestionDoubted", 1, ("question", "version"), "Somebody said that a question is wrong.")
QUESTION_EXPLAINED = FactKind(
    "QuestionExplained",
    1,
    ("question", "version", "correction"),
    "A wrong question was withdrawn, and what is right is said to all who were taught it.",
)
QUESTION_CORRECTED = FactKind(
    "QuestionCorrected",
    1,
    ("question", "version", "correction"),
    "A doubted question has a new version, which is said to all who were taught the old one.",
)
FACTS = (
    QUESTION_DOUBTED,
    QUESTION_EXPLAINED,
    QUESTION_CORRECTED,
    BANK_PUBLISHED,
    BANK_PLANNED,
    BANK_ROLLED_BACK,
    TRANSLATION_CONFIRMED,
    BANK_REJECTED,
    ADOPTED,
    GIVEN_UP,
    SIGNED,
    UNSIGNED,
)

DOUBTED = UnaskedKind(
    "library.doubted",
    3,
    Overflow.JOIN,
    timedelta(hours=36),
    "library.doubted_title",
    "Somebody says that a question is wrong; to those who look after its bank.",
)
WENT_LIVE = UnaskedKind(
    "library.went_live",
    4,
    Overflow.JOIN,
    timedelta(hours=36),
    "library.went_live_title",
    "What was to be published at a time is live, or could not be; to the trainer who said so.",
)
UNASKED = (DOUBTED, WENT_LIVE)
