"""A talk in a crew's group: who should be there, who is, what is asked. And what the ledger keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.ledger.model import FactKind
from bot.people.model import Unit


class State(StrEnum):
    """A talk is open, then closed; one that nobody came to is cancelled and counts for nothing."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Group:
    """A group chat and the unit whose crew it is."""

    id: int
    chat: int
    unit: Unit


@dataclass(frozen=True)
class Talk:
    """One talk. `asked` is the place of the question that lies open in the group, 0 before the first.

    `lang` is the group's language: what stands there is read by all. `edit_at`: when the next edit goes out, or the last went.
    """

    id: int
    group: int
    chat: int
    unit: Unit
    lesson: str
    version: int
    state: State
    led_by: int
    started_at: datetime
    last_at: datetime
    closed_at: datetime | None
    minutes: int | None
    asked: int
    edit_at: datetime | None

    @property
    def lang(self) -> str:
        """The language in which the group is spoken to."""
        return self.unit.language


@dataclass(frozen=True)
class Asking:
    """A question of a talk. How many answered and how many were right: who, and what, is kept nowhere."""

    place: int
    question: str
    version: int
    shown: tuple[int, ...]
    answered: int
    right: int


@dataclass(frozen=True)
class Member:
    """Somebody of a talk: expected by their shift, or come without that; a guest is of another unit."""

    id: int
    """Of the row, not of the person."""
    person: int
    name: str
    expected: bool
    guest: bool
    here: bool


@dataclass(frozen=True)
class Count:
    """How many are here, of how many of the crew; guests beside."""

    here: int
    of: int
    guests: int

    @property
    def anybody(self) -> bool:
        """Whether somebody came."""
        return self.here + self.guests > 0


@dataclass(frozen=True)
class Held:
    """A line of the list of last talks."""

    talk: Talk
    count: Count


GROUP_TIED = FactKind("CrewGroupTied", 1, (), "A group chat was named as that of a unit's crew.")
TALK_HELD = FactKind(
    "TalkHeld",
    1,
    ("lesson", "version", "minutes", "expected", "present", "guests", "questions"),
    "A leader held a toolbox talk at a unit: how long, how many of how many were there.",
)
TALK_OFFERED = FactKind(
    "TalkOffered",
    1,
    ("lesson", "version"),
    "A toolbox talk was held where somebody was at work, or came to it: an opportunity.",
)
TALK_ATTENDED = FactKind(
    "TalkAttended",
    1,
    ("lesson", "version", "minutes", "guest", "asked", "answered"),
    "Somebody was at a toolbox talk: so many minutes of training, so many of its questions answered.",
)
FACTS = (GROUP_TIED, TALK_HELD, TALK_OFFERED, TALK_ATTENDED)
