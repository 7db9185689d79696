"""Duties as values, and the facts that this room records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

Words = Mapping[str, str]
"""What a list says, by language."""


class Level(StrEnum):
    """How far down a list stands: a duty is worked out from one of the level above."""

    COMPANY = "company"
    SITE = "site"
    WORKSHOP = "workshop"
    TEAM = "team"
    PERSON = "person"


@dataclass(frozen=True)
class Duty:
    """One duty: what is to be done, how that is checked, and the duty (`leader.rules`) that it comes from.

    What stands behind the dot of its code is its matter: `welder.stop` and `leader.stop` are about the same.
    """

    code: str
    words: Words
    check: Words
    above: str = ""
    facts: tuple[str, ...] = ()

    @property
    def matter(self) -> str:
        """What it is about, whoever has it."""
        return self.code.rpartition(".")[2]


@dataclass(frozen=True)
class Draft:
    """A list that nobody has signed yet: it binds nobody."""

    code: str
    level: Level
    title: Words
    scope: Words
    duties: tuple[Duty, ...]


@dataclass(frozen=True)
class DutyList:
    """A signed list: whom it binds are the people of a post in a unit and below, where no nearer unit has its own."""

    id: int
    post: str
    unit: int
    path: str
    version: int
    level: Level
    scope: Words
    duties: tuple[Duty, ...]
    source: str
    signed_by: int
    signed_at: datetime


@dataclass(frozen=True)
class Given:
    """A list that somebody was given, and when they acknowledged it."""

    id: int
    list: int
    person: int
    given_at: datetime
    acknowledged_at: datetime | None


@dataclass(frozen=True)
class Holder:
    """How many people have a post in a unit."""

    post: str
    path: str
    count: int = 1


@dataclass(frozen=True)
class Gaps:
    """What is missing: people without a list, lists without people, duties that come from one that nobody signed."""

    no_list: tuple[Holder, ...]
    no_person: tuple[DutyList, ...]
    no_origin: tuple[tuple[DutyList, Duty], ...]


class Asks(StrEnum):
    """What a question of the duty quiz asks."""

    MINE = "mine"
    WHOSE = "whose"
    CHECK = "check"


@dataclass(frozen=True)
class Question:
    """A question made from somebody's own list. `options` are duties by code, or posts; `right` is the place of the right one."""

    asks: Asks
    duty: str
    options: tuple[str, ...]
    right: int


SIGNED = FactKind(
    "DutyListSigned", 1, ("list", "version", "duties", "level"),
    "Somebody signed what a post has to do for safety (unit and post are those it is for)",
)  # fmt: skip
GIVEN = FactKind(
    "DutyListGiven",
    1,
    ("list", "version", "why"),
    "Somebody was given the duties of their post. why: new, version, yearly",
)
ACKNOWLEDGED = FactKind(
    "DutyListAcknowledged",
    1,
    ("list", "version", "days"),
    "Somebody has read their duties and says that they are theirs",
)
WITHDRAWN = FactKind(
    "DutyListWithdrawn",
    1,
    ("list", "version"),
    "A list no longer holds for somebody, by a newer one or by another post",
)
QUIZZED = FactKind(
    "DutyQuizAnswered",
    1,
    ("list", "quiz", "number", "asks", "right"),
    "Somebody answered a question about their own duties",
)
CHASED = FactKind(
    "DutiesChased", 1, (), "Whoever leads people asked those again who have not acknowledged their duties"
)
FACTS = (SIGNED, GIVEN, ACKNOWLEDGED, WITHDRAWN, QUIZZED, CHASED)

YOURS = UnaskedKind(
    "duties.yours", 2, Overflow.JOIN, timedelta(days=2), "duties.yours_title",
    "The duties of somebody's post: on the first day, in a new version, and once a year.",
)  # fmt: skip
REMINDER = UnaskedKind(
    "duties.reminder",
    5,
    Overflow.JOIN,
    timedelta(days=3),
    "duties.yours_title",
    "Duties that were given and not acknowledged yet.",
)
BEHIND = UnaskedKind(
    "duties.behind", 6, Overflow.JOIN, timedelta(days=3), "duties.behind_title",
    "To whoever is a level above: who has not acknowledged their duties.",
)  # fmt: skip
UNASKED = (YOURS, REMINDER, BEHIND)
