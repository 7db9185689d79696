"""What delivery speaks of: the kinds of messages that nobody asked for, ranked. Each room declares its own as `UNASKED`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.ledger.model import FactKind


class Overflow(StrEnum):
    """What becomes of a message when the day is full."""

    JOIN = "join"
    """It is held back and stands, with all that waits, in one message of the next day."""
    DEFER = "defer"
    """It comes by itself on the next day that has room; where that would be late, it is joined."""
    LEAVE = "leave"
    """It is not sent: its room lists it under Today, and tomorrow it would be stale."""


@dataclass(frozen=True)
class UnaskedKind:
    """A kind of message that nobody asked for. `rank`: 1 goes before 9; what waits gives way to what goes before it.

    `late_after` is what late means for this kind: from when it was to be sent until the person is told of it.
    `daily`: comes every day, so a place of the day is kept for it. `title` is the text key under which it is listed.
    Alerts are none of these: they ring at once and count nowhere.
    """

    name: str
    rank: int
    overflow: Overflow
    late_after: timedelta
    title: str
    says: str
    daily: bool = False

    @property
    def room(self) -> str:
        """Whose kind it is: `duties.goals.week` -> `duties.goals`."""
        return self.name.rpartition(".")[0]


WAITING = UnaskedKind(
    "delivery.waiting",
    1,
    Overflow.DEFER,
    timedelta(days=2),
    "delivery.waiting_title",
    "One message for all that was held back: what waits, and a button that shows it.",
)
UNASKED = (WAITING,)
WAS_AWAY = FactKind(
    "WasAway", 1, ("since", "until"), "Updates could not arrive for so long that presses of buttons were lost"
)
DANGER_FOUND = FactKind(
    "DangerFound",
    1,
    ("finding", "room", "severity", "topic"),
    "A room found a danger and handed it over; person is whoever found it, nobody where it was a machine",
)
CHECK_WANTED = FactKind(
    "CheckWanted",
    1,
    ("finding", "room", "topic"),
    "What a room has learned is to be looked for at another place; `inspections` asks those who lead there",
)
CHECK_ANSWERED = FactKind(
    "CheckAnswered",
    1,
    ("finding", "room", "in_order"),
    "Somebody has looked, at another place, for what a room had learned; person is whoever looked",
)
DANGER_CHANGED = FactKind(
    "DangerChanged",
    1,
    ("finding", "room", "severity", "before"),
    "What is read of a danger that a room had handed over is another, or it is worse than before",
)
DANGER_CLEARED = FactKind(
    "DangerCleared",
    1,
    ("finding", "room", "hazard", "gone"),
    "What a room had handed over is closed: `gone` after a verified fix, not gone where it was rejected",
)
SECOND_ASKED = FactKind(
    "SecondWordAsked",
    1,
    ("matter", "what"),
    "Somebody asked for what needs a second person's word; person is who asked",
)
SECOND_SAID = FactKind(
    "SecondWordSaid",
    1,
    ("matter", "what", "outcome"),
    "A matter of two persons was settled: agreed, refused (person is the second one), expired, withdrawn",
)
DONE_ALONE = FactKind(
    "DoneAlone",
    1,
    ("what", "about"),
    "Somebody did alone what needs a second person's word, because nobody else in the company could give it",
)
ATTEMPT_REFUSED = FactKind(
    "AttemptRefused",
    1,
    ("by", "why"),
    "Somebody tried what they have no right to: by which command or button, and the text that refused it; once an hour each",
)
SCHEDULE_CHANGED = FactKind(
    "ScheduleChanged",
    1,
    ("schedule", "what"),
    "Somebody changed a schedule on the dashboard (person: who). what: when, paused, resumed.",
)
FACTS = (
    SCHEDULE_CHANGED,
    SECOND_ASKED,
    SECOND_SAID,
    DONE_ALONE,
    ATTEMPT_REFUSED,
    WAS_AWAY,
    DANGER_FOUND,
    DANGER_CHANGED,
    DANGER_CLEARED,
    CHECK_WANTED,
    CHECK_ANSWERED,
)
