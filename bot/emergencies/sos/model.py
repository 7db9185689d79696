"""SOS and working alone as values, and the facts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.ledger.model import FactKind


class State(StrEnum):
    """`sent` counts from the press: the messages only leave a few seconds later, so that a wrong press can be taken back."""

    SENT = "sent"
    CANCELLED = "cancelled"
    SEEN = "seen"
    OVER = "over"


@dataclass(frozen=True)
class Sos:
    """Somebody needs help. `alone`: the timer of somebody who works alone has raised it."""

    id: int
    person: int
    unit: int
    path: str
    state: State
    alone: bool
    words: str
    place: tuple[float, float] | None
    sent_at: datetime
    leaves_at: datetime
    seen_by: int | None

    @property
    def ref(self) -> str:
        """The messages to those who are called."""
        return f"sos:{self.id}"


@dataclass(frozen=True)
class Alone:
    """Somebody works alone and says so again every few minutes."""

    id: int
    person: int
    path: str
    words: str
    minutes: int
    due_at: datetime
    ends_at: datetime
    warned: bool


SENT = FactKind("SosSent", 1, ("sos", "alone"), "Somebody needs help, or the timer of somebody who works alone ran out")
CANCELLED = FactKind("SosCancelled", 1, ("sos", "seconds"), "An SOS was taken back before it left")
SEEN = FactKind("SosSeen", 1, ("sos", "seconds", "rung"), "Somebody has said that they go to whoever sent an SOS")
OVER = FactKind("SosOver", 1, ("sos", "minutes"), "An SOS is over: whoever sent it, or whoever went there, said so")
HANDED = FactKind(
    "SosHandedOver", 1, ("sos",), "Nobody answered an SOS, so it went on as a danger that rings everybody"
)
BEGAN_ALONE = FactKind("LoneWorkBegan", 1, ("lone", "minutes"), "Somebody has begun to work alone, with a timer")
ENDED_ALONE = FactKind(
    "LoneWorkEnded", 1, ("lone", "alarm"), "Somebody no longer works alone, or did not answer the timer"
)
FACTS = (SENT, CANCELLED, SEEN, OVER, HANDED, BEGAN_ALONE, ENDED_ALONE)
