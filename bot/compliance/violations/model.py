"""Violations as values, and the facts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind


class State(StrEnum):
    """Where a case stands. Nothing follows before DECIDED."""

    CHECKING = "checking"
    """Its photo is being fetched and looked at: nobody has been told."""
    SECOND = "second"
    """Somebody else looks first: there is a report of danger about that place and time."""
    OPEN = "open"
    """The person has been told and may answer until `reply_by`."""
    DECIDED = "decided"
    APPEALED = "appealed"
    FINAL = "final"
    DROPPED = "dropped"


class Decision(StrEnum):
    """What follows, the mildest first. What is more than words is for the company's own procedure."""

    NOTHING = "nothing"
    TALK = "talk"
    TRAINING = "training"
    WARNING = "warning"


@dataclass(frozen=True)
class Violation:
    """A case: who, what was seen, when; and all that was said about it since."""

    id: int
    person: int
    unit: int
    path: str
    place: int | None
    words: str
    media: str | None
    happened_at: datetime
    by: int
    recorded_at: datetime
    state: State
    reply: str | None
    reply_at: datetime | None
    reply_by: datetime | None
    decision: Decision | None
    reason: str | None
    decided_by: int | None
    decided_at: datetime | None
    appeal: str | None
    appeal_by: datetime | None
    final: Decision | None
    final_reason: str | None
    final_by: int | None


_OF = ("violation",)
RECORDED = FactKind(
    "ViolationRecorded",
    1,
    (*_OF, "photo"),
    "It was recorded that a rule was broken; person is whoever recorded it",
)
REFUSED = FactKind(
    "ViolationRefused", 1, ("why",), "What somebody wanted to record was refused. why: hazard_photo, no_photo"
)
SECOND = FactKind(
    "ViolationSecondLook",
    1,
    (*_OF, "go_on"),
    "Somebody else looked at a case before anybody was told",
)
ANSWERED = FactKind("ViolationAnswered", 1, _OF, "The person concerned has answered")
DECIDED = FactKind(
    "ViolationDecided", 1, (*_OF, "decision", "answered"), "A case was decided; person is whoever decided"
)
APPEALED = FactKind("ViolationAppealed", 1, _OF, "The person concerned asked somebody else to decide anew")
FINAL = FactKind("ViolationFinal", 1, (*_OF, "decision", "changed"), "Somebody else decided an appeal")
DROPPED = FactKind("ViolationDropped", 1, _OF, "A case was dropped before anything followed")
FACTS = (RECORDED, REFUSED, SECOND, ANSWERED, DECIDED, APPEALED, FINAL, DROPPED)

CASE = UnaskedKind(
    "compliance.violations.case", 2, Overflow.JOIN, timedelta(hours=36), "compliance.violations.case_title",
    "Somebody may answer, look at or decide a case of a broken rule.",
)  # fmt: skip
UNASKED = (CASE,)
