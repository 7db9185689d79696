"""A visit from outside and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.kit.risk import Severity
from bot.ledger.model import FactKind


class State(StrEnum):
    """A finding is open until it is put right and another person has closed it; an objection can make it be withdrawn."""

    OPEN = "open"
    CORRECTED = "corrected"
    OBJECTED = "objected"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


OVER = (State.CLOSED, State.WITHDRAWN)


class NoteKind(StrEnum):
    """What was said to a finding."""

    CORRECTED = "corrected"
    OBJECTED = "objected"
    UPHELD = "upheld"
    REJECTED = "rejected"
    RETURNED = "returned"
    EXTENDED = "extended"
    CLOSED = "closed"


class Shown(StrEnum):
    """What a file shows."""

    FINDING = "finding"
    CORRECTION = "correction"
    OBJECTION = "objection"


@dataclass(frozen=True)
class Visit:
    """Who came, under whose law, to look at what."""

    id: int
    unit: int
    path: str
    authority: str
    jurisdiction: str
    scope: str
    on: date
    closed_at: datetime | None


@dataclass(frozen=True)
class Found:
    """One finding of a visit."""

    id: int
    visit: int
    nth: int
    words: str
    clause: str
    place: int | None
    topic: str | None
    severity: Severity
    owner: int
    due_at: datetime
    state: State
    corrected_by: int | None
    closed_by: int | None
    path: str


OPENED = FactKind("VisitOpened", 1, ("visit", "unit", "jurisdiction"), "An inspection from outside was put on record")
LOGGED = FactKind(
    "VisitFindingLogged",
    1,
    ("visit", "finding", "unit", "severity", "days"),
    "A visit found something; so many days to put it right",
)
CORRECTED = FactKind(
    "VisitFindingCorrected",
    1,
    ("visit", "finding", "unit", "files"),
    "A finding's owner says that it is put right, with so many files",
)
OBJECTED = FactKind("VisitFindingObjected", 1, ("visit", "finding", "unit"), "An objection was raised to a finding")
SETTLED = FactKind(
    "VisitObjectionSettled",
    1,
    ("visit", "finding", "unit", "upheld"),
    "An objection was upheld, and the finding withdrawn, or rejected",
)
EXTENDED = FactKind(
    "VisitFindingExtended", 1, ("visit", "finding", "unit", "days"), "A finding's deadline was moved by so many days"
)
CLOSED = FactKind(
    "VisitFindingClosed", 1, ("visit", "finding", "unit", "late"), "Another person than its owner closed a finding"
)
OVERDUE = FactKind(
    "VisitFindingOverdue", 1, ("visit", "finding", "unit"), "A finding was not put right by its deadline"
)
SPREAD = FactKind(
    "VisitFindingSpread",
    1,
    ("visit", "finding", "units"),
    "So many other units were asked to look for what a visit found",
)
PACKED = FactKind("VisitPacked", 1, ("visit", "files"), "An evidence pack was made")
GUEST_INVITED = FactKind(
    "GuestInvited", 1, ("visit", "link", "hours"), "A link for a guest was made, for so many hours"
)
GUEST_REVOKED = FactKind("GuestRevoked", 1, ("visit", "link"), "A guest's link was taken back")
FACTS = (
    OPENED, LOGGED, CORRECTED, OBJECTED, SETTLED, EXTENDED, CLOSED, OVERDUE, SPREAD, PACKED, GUEST_INVITED, GUEST_REVOKED,
)  # fmt: skip

DUE = UnaskedKind(
    "inspections.visits.due", 2, Overflow.JOIN, timedelta(hours=36), "inspections.visits.due_title",
    "A finding of a visit from outside is given to somebody, is soon due, overdue, or waits to be closed.",
)  # fmt: skip
UNASKED = (DUE,)
