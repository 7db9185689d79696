"""Supervision checks as values, and their facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "dck.words"
"""The conversation in which a photo or words are waited for."""


class Outcome(StrEnum):
    """What was found. `unseen`: there was no way to look, which says nothing about anybody."""

    DONE = "done"
    PARTLY = "partly"
    NOT_DONE = "not_done"
    UNSEEN = "unseen"


class State(StrEnum):
    """Where a check stands."""

    DRAWN = "drawn"
    ANSWERED = "answered"
    MISSED = "missed"


@dataclass(frozen=True)
class Candidate:
    """Somebody who can be drawn: how often they were in the last year, and how often each of their duties.

    `rested`: not drawn in the last weeks, so that who works alone in a unit is not looked at every week.
    """

    person: int
    times: int
    duties: tuple[tuple[str, int], ...]
    rested: bool = True


@dataclass(frozen=True)
class Check:
    """One look at one duty of one person. `note` and `reply`: what both sides say."""

    id: int
    person: int
    checker: int
    unit: int
    list: int
    duty: str
    round: str
    state: State
    due_at: datetime
    outcome: Outcome | None
    note: str
    reply: str
    media: str


DRAWN = FactKind(
    "DutyCheckDrawn",
    1,
    ("check", "round", "list", "duty"),
    "Somebody's duty was drawn to be looked at (person: whose duty)",
)
CHECKED = FactKind(
    "DutyChecked", 1, ("check", "round", "list", "duty", "outcome"),
    "Whoever is a level above looked at a duty (person: whose duty). outcome: done, partly, not_done, unseen",
)  # fmt: skip
PHOTO = FactKind("DutyCheckPhotographed", 1, ("check",), "A photo was added to what was found of a duty")
MISSED = FactKind("DutyCheckMissed", 1, ("check", "round"), "Nobody looked in time (person: whoever was to look)")
REPLIED = FactKind("DutyCheckReplied", 1, ("check",), "Whose duty it is has said something about what was found")
FACTS = (DRAWN, CHECKED, PHOTO, MISSED, REPLIED)

LOOK = UnaskedKind(
    "duties.checks.look",
    4,
    Overflow.JOIN,
    timedelta(days=2),
    "duties.checks.look_title",
    "Whose duties to look at this week.",
)
FOUND = UnaskedKind(
    "duties.checks.found", 5, Overflow.JOIN, timedelta(days=2), "duties.checks.found_title",
    "What was found of one's duty, with the right to answer.",
)  # fmt: skip
LATE = UnaskedKind(
    "duties.checks.late",
    6,
    Overflow.JOIN,
    timedelta(days=3),
    "duties.checks.late_title",
    "Looks that a leader below has missed.",
)
UNASKED = (LOOK, FOUND, LATE)
