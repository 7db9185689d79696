"""A day of learning, a streak of them, a badge, a board of teams. And what the ledger keeps.

Nothing here may rest on injuries, on their absence, or on how much or how little was reported: who is rewarded for a
quiet book keeps it quiet. `tests/house/test_no_reward_for_silence.py` holds that; `Badge.rests_on` is what it reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.ledger.model import FactKind
from bot.people.model import Unit


class Mode(StrEnum):
    """What is counted in a unit and all below it, unless a nearer one says otherwise."""

    ON = "on"
    TEAM = "team"
    """Only figures of teams: what one person does is shown to nobody, not even to themselves."""
    OFF = "off"
    """Nothing is counted and nothing is kept."""


class Seen(StrEnum):
    """What is known of somebody's day. Several may be known, in any order, and each more than once."""

    OFFERED = "offered"
    """Something was put before them, and the time for it is over."""
    EXCUSED = "excused"
    """It never arrived, they were away or off, it was begun, or Davy was not there."""
    LEARNED = "learned"
    """A working day of theirs, and they did it."""


class What(StrEnum):
    """What a day is for a streak. A free one is passed over."""

    LEARNED = "learned"
    MISSED = "missed"
    FREE = "free"


@dataclass(frozen=True)
class Streak:
    """Working days in a row. `left`: free pauses left this month."""

    days: int
    longest: int
    bridged: int
    """Missed days between the last two that were learned, each covered by a pause."""
    left: int


@dataclass(frozen=True)
class Push:
    """What lay before somebody for a day, from when until when."""

    on: date
    offered_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class TeamDay:
    """A day of a team: how many were at work and had something put before them, how many of them did it."""

    on: date
    of: int
    did: int


@dataclass(frozen=True)
class Switched:
    """From this moment a unit counts in this mode."""

    path: str
    mode: Mode
    at: datetime


class Badge(StrEnum):
    """Each for something that is good in itself, once. Never for a number of reports, never for something absent."""

    FIRST_REPORT = "first_report"
    VERIFIED_FIX = "verified_fix"
    ASKED = "asked"
    TALK_HELD = "talk_held"
    KEPT = "kept"
    TEN_TOPICS = "ten_topics"
    CAME_BACK = "came_back"


@dataclass(frozen=True)
class Ground:
    """The facts that a badge rests on, and how many of them it takes. Reports count once: `needs` is 1 there."""

    facts: tuple[str, ...]
    needs: int = 1


GROUNDS: Mapping[Badge, Ground] = {
    Badge.FIRST_REPORT: Ground(("HazardReported",)),
    Badge.VERIFIED_FIX: Ground(("HazardVerified", "HazardFixed")),
    Badge.ASKED: Ground(("OfficerAsked",)),
    Badge.TALK_HELD: Ground(("TalkHeld",)),
    Badge.KEPT: Ground(("QuestionAnswered",)),
    Badge.TEN_TOPICS: Ground(("LessonRead",), needs=10),
    Badge.CAME_BACK: Ground(("DayLearned",)),
}
STREAK_RESTS_ON = ("DayLearned", "LessonAssigned", "ReviewAssigned", "LearningNotDelivered", "WasAway")
BOARD_RESTS_ON = STREAK_RESTS_ON


@dataclass(frozen=True)
class Earned:
    """A badge that somebody has. `told_in`: the assignment at whose end they were told."""

    badge: Badge
    on: date
    told_in: int | None


@dataclass(frozen=True)
class TeamFigure:
    """A team of a board, of those in it who joined: how many they are, how many days were theirs, how many were learned."""

    unit: Unit
    persons: int
    of: int
    did: int


@dataclass(frozen=True)
class Line:
    """A line of a board. `percent` in steps of five, so that one person's week cannot be read from it."""

    unit: Unit
    persons: int
    percent: int


@dataclass(frozen=True)
class Board:
    """What may be shown: teams that are large enough, and how many are not."""

    lines: tuple[Line, ...]
    hidden: int


DAY_LEARNED = FactKind("DayLearned", 1, (), "On a working day of theirs somebody did what the day held to learn.")
BADGE_EARNED = FactKind("BadgeEarned", 1, ("badge",), "Somebody did something good for the first time.")
HABIT_SWITCHED = FactKind(
    "HabitSwitched", 1, ("mode", "over"), "A manager said what is counted in a unit: on, team or off."
)
BOARD_OPENED = FactKind("BoardOpened", 1, ("over",), "A leader switched the board of a unit's teams on.")
BOARD_CLOSED = FactKind("BoardClosed", 1, ("over",), "A leader switched it off; who had joined has to join anew.")
FACTS = (DAY_LEARNED, BADGE_EARNED, HABIT_SWITCHED, BOARD_OPENED, BOARD_CLOSED)
