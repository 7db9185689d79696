"""What is to be acknowledged, as values; and the facts of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind


@dataclass(frozen=True)
class Written:
    """One language of a notice: plain words, one question, its right answer and the wrong ones."""

    words: str
    ask: str
    right: str
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Notice:
    """A notice in its live version: for the people of a unit (and of some posts), by the day it began."""

    id: int
    unit: int
    path: str
    posts: tuple[str, ...]
    document: int | None
    number: int
    by: int
    began_at: datetime
    chased_at: datetime | None
    live: bool
    said: Mapping[str, Written]

    @property
    def subject(self) -> str:
        """The subject of its acknowledgements."""
        return f"notice:{self.id}"


@dataclass(frozen=True)
class Line:
    """One person in the proof. `at`: when they acknowledged this version; `away`: on leave right now; `here`: still meant."""

    person: int
    name: str
    badge: str
    unit: str
    lang: str
    told_at: datetime | None
    at: datetime | None
    here: bool = True


NOTICE_BEGUN = FactKind("NoticeBegun", 1, ("notice", "version", "document"), "Something is to be read and acknowledged")
NOTICE_ASKED = FactKind("NoticeAsked", 1, ("notice", "version"), "Somebody was asked to read and acknowledge something")
NOTICE_ACKNOWLEDGED = FactKind(
    "NoticeAcknowledged",
    1,
    ("notice", "version", "hours", "tries"),
    "Somebody has read it and answered its question: how many hours after they were asked, at which try",
)
NOTICE_ENDED = FactKind(
    "NoticeEnded",
    1,
    ("notice", "version", "acknowledged", "pending"),
    "Nobody is asked any more: how many had and had not",
)
FACTS = (NOTICE_BEGUN, NOTICE_ASKED, NOTICE_ACKNOWLEDGED, NOTICE_ENDED)

ASKED = UnaskedKind(
    "compliance.reading.asked", 2, Overflow.JOIN, timedelta(hours=36), "compliance.reading.asked_title",
    "A rule or a notice is to be read and acknowledged.",
)  # fmt: skip
REMINDED = UnaskedKind(
    "compliance.reading.reminded", 4, Overflow.JOIN, timedelta(hours=36), "compliance.reading.reminded_title",
    "It was asked for some days ago and is not acknowledged, or whoever leads there asks again.",
)  # fmt: skip
UNASKED = (ASKED, REMINDED)
