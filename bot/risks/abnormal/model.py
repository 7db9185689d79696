"""Abnormal states as values, and the facts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.ledger.model import FactKind


class State(StrEnum):
    """Where it stands: asked for, in force, refused by somebody, not decided in time, over."""

    ASKED = "asked"
    RUNNING = "running"
    REFUSED = "refused"
    LAPSED = "lapsed"
    ENDED = "ended"


@dataclass(frozen=True)
class Abnormal:
    """An area that somebody wants to take into an abnormal state, or that is in one.

    `needed` and `each` are the gate as it was when it was asked for: a file that changes meanwhile moves no gate.
    """

    id: int
    unit: int
    path: str
    kind: str
    state: State
    words: str
    needed: int
    each: tuple[str, ...]
    minutes: int
    asked_by: int
    asked_at: datetime
    decide_by: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    ended_by: int | None
    ended_at: datetime | None

    @property
    def ref(self) -> str:
        """The messages that ask for a yes; also the subject of its gate."""
        return f"abnormal:{self.id}"

    @property
    def seen(self) -> str:
        """The subject under which people say that they have seen it."""
        return f"abnormal-seen:{self.id}"


_OF = ("state", "unit", "kind")
ASKED = FactKind(
    "AbnormalStateAsked", 1, (*_OF, "needed", "minutes"), "Somebody wants to take an area into an abnormal state"
)
ANSWERED = FactKind(
    "AbnormalStateAnswered", 1, (*_OF, "yes", "missing"), "Somebody said yes or no; how many more are needed"
)
ATTEMPTED = FactKind(
    "AbnormalStateAttempted", 1, (*_OF, "why"),
    "Somebody tried what did not count. why: asker, no_voice, too_late, not_leading, asked_already",
)  # fmt: skip
BEGAN = FactKind(
    "AbnormalStateBegan", 1, (*_OF, "minutes"), "Enough different people said yes: the area is in the state from now on"
)
REFUSED = FactKind("AbnormalStateRefused", 1, _OF, "Somebody said no, so the area does not go into the state")
LAPSED = FactKind(
    "AbnormalStateLapsed", 1, (*_OF, "missing"), "Too few said yes in time, so the area does not go into the state"
)
ENDED = FactKind(
    "AbnormalStateEnded",
    1,
    (*_OF, "by_hand", "minutes", "told", "seen"),
    "An abnormal state is over, by itself or by hand",
)
SEEN = FactKind(
    "AbnormalStateSeen", 1, _OF, "Somebody said that they have seen that their area is in an abnormal state"
)
FACTS = (ASKED, ANSWERED, ATTEMPTED, BEGAN, REFUSED, LAPSED, ENDED, SEEN)
