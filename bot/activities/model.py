"""Campaigns as values: what they say, whom they are for, how they are measured. Their facts stand in `facts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.activities.facts import FACTS, UNASKED
from bot.kit.statistics import Interval

__all__ = ["FACTS", "UNASKED"]

DRAFT = "ac.draft"
"""The conversation in which a campaign is planned."""
ENTRY = "ac.entry"
"""The conversation in which somebody enters a contest."""


class Kind(StrEnum):
    """What a campaign is."""

    MONTH = "month"
    POSTER = "poster"
    CONTEST = "contest"
    DRILLS = "drills"


class State(StrEnum):
    """Where it stands. It is over when it has been measured, not when its last day is past."""

    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"
    CALLED_OFF = "called_off"


class Stagger(StrEnum):
    """Whether teams begin one after another: not, once the manager agrees, as drawn, or together after a no."""

    NONE = "none"
    ASKED = "asked"
    DRAWN = "drawn"
    DECLINED = "declined"


class Wave(StrEnum):
    """When the same questions are asked."""

    BEFORE = "before"
    AFTER = "after"
    LATER = "later"


class Judged(StrEnum):
    """What a jury has said of an entry."""

    WAITING = "waiting"
    IN = "in"
    OUT = "out"
    WON = "won"
    NOT_WON = "not_won"
    """Enough of the jury said no when it was asked for the prize; it keeps its votes and its place behind the winner."""


@dataclass(frozen=True)
class Question:
    """One question with its right answer and the wrong ones."""

    ask: str
    right: str
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """A campaign in one language: its first line is its title."""

    title: str
    words: str
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Campaign:
    """What is planned for the people of a unit, from a day to a day (inclusive), in their zone."""

    id: int
    kind: Kind
    unit: int
    path: str
    zone: str
    said: Mapping[str, Written]
    starts_on: date
    ends_on: date
    picture: str | None
    contest: bool
    jury: tuple[int, ...]
    later_weeks: int
    state: State
    by: int
    stagger: Stagger
    step_weeks: int
    seed: str | None
    planned_at: datetime
    measured_at: datetime | None = None

    @property
    def days(self) -> int:
        """How long it lasts for a team."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def title(self) -> dict[str, str]:
        """By language."""
        return {lang: each.title for lang, each in self.said.items()}

    @property
    def words(self) -> dict[str, str]:
        """By language."""
        return {lang: each.words for lang, each in self.said.items()}

    @property
    def asks(self) -> int:
        """How many questions it has."""
        return len(next(iter(self.said.values())).questions) if self.said else 0

    @property
    def live(self) -> bool:
        """Whether it goes on."""
        return self.state in (State.PLANNED, State.RUNNING)


@dataclass(frozen=True)
class Start:
    """When a unit begins: the whole one, or a team of a staggered start (`step` counts from 0)."""

    unit: int
    path: str
    step: int
    starts_on: date
    ends_on: date
    announced_at: datetime | None


@dataclass(frozen=True)
class Entry:
    """What somebody sent to a contest. `votes` of other people."""

    id: int
    campaign: int
    person: int
    words: str
    photo: str | None
    state: Judged
    votes: int
    at: datetime


# --- what is measured --------------------------------------------------------------------------------------------------


class Verdict(StrEnum):
    """What may be said of a change."""

    EARLY = "early"
    FEW = "few"
    FEWER = "fewer"
    MORE = "more"
    OPEN = "open"
    """There is enough to tell a large change, and there is none; a smaller one cannot be told."""


class Reading(StrEnum):
    """What reports and looking mean together."""

    EARLY = "early"
    FEW = "few"
    MORE_DANGER = "more_danger"
    LESS_DANGER = "less_danger"
    MORE_REPORTING = "more_reporting"
    LESS_REPORTING = "less_reporting"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Danger:
    """A danger as the ledger tells of it: where, on which day, whether an inspection found it, how bad, and confirmed in time."""

    path: str
    on: date
    looked: bool
    severity: int | None
    confirmed: bool


@dataclass(frozen=True)
class Rate:
    """Events before and after with what they are counted per, and what may be said."""

    before: int
    after: int
    exposure_before: float
    exposure_after: float
    ratio: Interval | None
    p: float
    needed: int
    verdict: Verdict

    @property
    def events(self) -> int:
        """Of both times together."""
        return self.before + self.after


@dataclass(frozen=True)
class Mix:
    """How many of the confirmed reports were severe, before and after; the change of their share where there is one."""

    severe_before: int
    of_before: int
    severe_after: int
    of_after: int
    change: Interval | None


@dataclass(frozen=True)
class Change:
    """The same people's answers before and at a later time, and what may be said."""

    wave: Wave
    people: int
    right_before: int
    right_after: int
    change: Interval | None
    p: float
    needed: int
    verdict: Verdict
    due_on: date | None


@dataclass(frozen=True)
class Drawn:
    """What the draw of a staggered start allows to say. `kept`: the rows are still what was recorded before the start."""

    teams: int
    needed: int
    ratio: Interval
    p: float
    orders: int
    verdict: Verdict
    kept: bool


@dataclass(frozen=True)
class Week:
    """One week of a campaign's measure, counted from the first start (below 0: before it)."""

    at: int
    begins_on: date
    reports: int
    person_days: float
    found: int
    looks: int
    report_point: tuple[float | None, float, float, bool]
    found_point: tuple[float | None, float, float, bool]


@dataclass(frozen=True)
class Result:
    """All that is known of whether it did anything."""

    due_on: date
    reports: Rate
    looks: Rate
    mix: Mix
    reading: Reading
    changes: tuple[Change, ...]
    drawn: Mapping[str, Drawn]
    """With a staggered start: `reports` and `looks`, by the draw."""
    weeks: tuple[Week, ...]
    report_mean: float
    found_mean: float
    took_part: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """By wave: how many answered, of how many who were asked."""
