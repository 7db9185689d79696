"""Pulse surveys as values, and the facts of them. No fact says who answered, or what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "pu.draft"
"""The conversation in which a survey is set up."""
SCALE = 5
"""From 1, not at all, to 5, fully."""
AGREE = 4
"""From here on an answer counts as agreeing."""
FIVE = 5
"""Fewer answers than these are shown to nobody."""


@dataclass(frozen=True)
class Pulse:
    """A survey. Each statement is {language: words}."""

    id: int
    unit: int
    path: str
    statements: tuple[Mapping[str, str], ...]
    opens_at: datetime
    closes_at: datetime
    open: bool
    asked: int
    answered: int


@dataclass(frozen=True)
class Figure:
    """What may be shown of one statement: so many of `count` agree, in steps of five of a hundred."""

    count: int
    percent: int


@dataclass(frozen=True)
class Result:
    """A statement with its figures: of all, and of each part; None where that would tell of fewer than five people."""

    words: Mapping[str, str]
    whole: Figure | None
    parts: Mapping[int, Figure | None]


STARTED = FactKind(
    "PulseStarted", 1, ("pulse", "unit", "statements", "days"), "An anonymous survey was started by this person"
)
CLOSED = FactKind(
    "PulseClosed", 1, ("pulse", "unit", "asked", "answered"),
    "An anonymous survey ended; answered is empty where fewer than five took part. Nobody is named",
)  # fmt: skip
FACTS = (STARTED, CLOSED)

ASKED = UnaskedKind(
    "voice.pulse.asked", 6, Overflow.JOIN, timedelta(days=3), "voice.pulse.asked_title",
    "An anonymous survey, and once more at half time to whoever has not begun.",
)  # fmt: skip
OVER = UnaskedKind(
    "voice.pulse.over", 7, Overflow.JOIN, timedelta(days=3), "voice.pulse.over_title",
    "A survey is over: what was answered, to whoever started it.",
)  # fmt: skip
UNASKED = (ASKED, OVER)
