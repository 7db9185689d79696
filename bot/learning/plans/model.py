"""A plan: for whom of a unit what comes first, on which days, at which hour, from when until when. And its facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from bot.ledger.model import FactKind

EVERY_DAY = "1234567"
"""All days on which people work: leave, days off and public holidays are obeyed whatever a plan says."""


class What(StrEnum):
    """What a plan is about: the daily lesson as such, a topic for some weeks (a campaign), or a course."""

    DAILY = "daily"
    TOPIC = "topic"
    COURSE = "course"


class Closed(StrEnum):
    """Why terms hold no more before their last day."""

    CHANGED = "changed"
    PAUSED = "paused"
    ENDED = "ended"


class Standing(StrEnum):
    """How a plan stands on a day."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True)
class Terms:
    """What somebody decides. `which` is the topic's or course's code; `posts` empty: all; `days`: weekdays, Monday is 1.

    `at`: the local hour, None: whenever people get their lesson anyway. `until_on`: the first day on which it holds no more.
    """

    what: What
    which: str | None
    unit: int
    posts: tuple[str, ...]
    days: str
    at: time | None
    starts_on: date
    until_on: date | None

    def to_json(self) -> dict[str, Any]:
        """As a draft keeps it."""
        return {
            "what": self.what.value, "which": self.which, "unit": self.unit, "posts": list(self.posts), "days": self.days,
            "at": self.at.isoformat("minutes") if self.at else None, "starts_on": self.starts_on.isoformat(),
            "until_on": self.until_on.isoformat() if self.until_on else None,
        }  # fmt: skip


def from_json(kept: Mapping[str, Any]) -> Terms:
    """What `Terms.to_json` wrote."""
    at, until = kept["at"], kept["until_on"]
    return Terms(
        What(kept["what"]), kept["which"], kept["unit"], tuple(kept["posts"]), kept["days"],
        time.fromisoformat(at) if at else None, date.fromisoformat(kept["starts_on"]),
        date.fromisoformat(until) if until else None,
    )  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """Terms as they were saved. `series` is the number of the plan whose terms these are: a change makes new ones.

    `since`: a lesson read before does not count as read for it. `closed_on`: the first day on which they hold no more.
    """

    id: int
    series: int
    terms: Terms
    path: str
    since: datetime
    closed_on: date | None = None
    closed_as: Closed | None = None

    @property
    def ends_on(self) -> date | None:
        """The first day on which it holds no more; None: for as long as nobody ends it."""
        return min((each for each in (self.closed_on, self.terms.until_on) if each is not None), default=None)

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.terms.starts_on <= on and (self.ends_on is None or on < self.ends_on)

    def comes(self, on: date) -> bool:
        """Whether it is in force on a day, and that weekday is one of its own."""
        return self.holds(on) and str(on.isoweekday()) in self.terms.days


PLAN_SAVED = FactKind(
    "LessonPlanSaved",
    1,
    ("plan", "what", "which", "days", "hour", "posts", "people", "change"),
    "Somebody decided what the people of a unit get when. `hour` is empty where it is everybody's own; `posts` counts them,"
    " 0: all; `people`: for how many it was; `change`: whether it took the place of what was decided before.",
)
PLAN_PAUSED = FactKind("LessonPlanPaused", 1, ("plan",), "Somebody paused what was decided for the people of a unit.")
PLAN_RESUMED = FactKind("LessonPlanResumed", 1, ("plan",), "Somebody let go on what was paused.")
PLAN_ENDED = FactKind("LessonPlanEnded", 1, ("plan",), "Somebody ended what was decided for the people of a unit.")
FACTS = (PLAN_SAVED, PLAN_PAUSED, PLAN_RESUMED, PLAN_ENDED)
