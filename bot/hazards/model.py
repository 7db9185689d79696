"""Hazards as values, and the facts that this room records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.hazards.facts import MORE
from bot.hazards.unasked import ALIKE, DIGEST, LADDER, MAJOR_DAY, REMINDER, TAP
from bot.kit.risk import Severity
from bot.kit.texts import Text
from bot.ledger.model import FactKind


class Kind(StrEnum):
    """What somebody saw, in the words they are asked in: dangerous, nearly happened, someone is hurt."""

    DANGEROUS = "dangerous"
    NEARLY = "nearly"
    HURT = "hurt"


class Urgency(StrEnum):
    """How bad the reporter thinks it is. A supervisor rates it afterwards; this only decides whether it rings."""

    WAIT = "wait"
    SOON = "soon"
    NOW = "now"


class State(StrEnum):
    """Where a hazard stands. VERIFIED, REJECTED and JOINED (to another report of the same danger) are closed.

    REOPENED waits for an acknowledgement like REPORTED.
    """

    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    FIXED = "fixed"
    VERIFIED = "verified"
    REJECTED = "rejected"
    REOPENED = "reopened"
    JOINED = "joined"


class Topic(StrEnum):
    """The lesson topic that a hazard belongs to; a supervisor may set it. The codes are those of the lessons."""

    HEIGHT = "WAH"
    LADDER = "LAD"
    SCAFFOLD = "SCF"
    SLIP = "STF"
    LIFTING = "LIF"
    MACHINE = "MGD"
    LOCKOUT = "LOTO"
    ELECTRIC = "ELE"
    TRUCK = "FLT"
    ROAD = "DRV"
    EXCAVATION = "EXC"
    CONFINED = "CSE"
    HOT_WORK = "HOT"
    FIRE = "FIR"
    CYLINDER = "CYL"
    DUST = "DST"
    CHEMICAL = "HAZ"
    BREATHING = "RSP"
    NOISE = "NOI"
    STRAIN = "MAN"
    HEAT = "HEA"
    COLD = "COL"
    FATIGUE = "FAT"
    ORDER = "HSK"
    WAY_OUT = "EVA"
    FIRST_AID = "AID"
    UNSAFE_ACT = "BBS"
    PROTECTION = "PPE"
    PERMIT = "PTW"
    TRAINING = "TRN"
    CONTROLS = "HOC"
    ROLES = "ROL"
    UNREPORTED = "NMR"
    UNRATED = "RSK"


class Control(StrEnum):
    """The hierarchy of controls, what is worth most first."""

    REMOVE = "remove"
    REPLACE = "replace"
    ENGINEER = "engineer"
    ORGANISE = "organise"
    PROTECT = "protect"


@dataclass(frozen=True)
class Measure:
    """What is done about a hazard; `interim` keeps people safe until the lasting one is in place."""

    id: int
    hazard: int
    round: int
    control: Control
    interim: bool
    words: str
    person: int
    at: datetime


class MediaRole(StrEnum):
    """Whether a file shows the danger, what became of it, or came with an answer to a question."""

    BEFORE = "before"
    ANSWER = "answer"
    AFTER = "after"


@dataclass(frozen=True)
class Attached:
    """A file of a hazard. `file_id` is the channel's; `media` the stripped copy that we keep, once it is there."""

    id: int
    hazard: int
    role: MediaRole
    kind: str
    file_id: str
    media: str | None
    error: str | None
    look: str | None = None
    spot: str | None = None


@dataclass(frozen=True)
class Note:
    """A line of the talk between the reporter and a supervisor. `person` is None for the reporter's side."""

    question: bool
    person: int | None
    words: str
    at: datetime


Reporter = int | str
"""Who reported: a person's number or, of a report from the page without signing in, the name of its mailbox."""


@dataclass(frozen=True)
class Report:
    """What somebody wants to report: the outcome of a draft. `key` makes it exist once (32 hex digits)."""

    key: str
    unit: int
    path: str
    kind: Kind = Kind.DANGEROUS
    urgency: Urgency | None = None
    place: int | None = None
    place_words: str | None = None
    words: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    """(kind, file id)"""
    album: str | None = None
    happened_at: datetime | None = None
    """When it was sent, where it arrived long after."""
    hidden_from: tuple[int, ...] = ()
    """Who is neither called nor shown it."""


@dataclass(frozen=True)
class Hazard:
    """A danger as it stands. Without a name `reporter` is None, and `seal` and `mark` are set.

    What another room has found has a `finding`, its key there, and `said` instead of words; found by a machine it has no reporter.
    """

    id: int
    key: str
    kind: Kind
    state: State
    urgency: Urgency | None
    severity: Severity | None
    topic: str | None
    unit: int
    path: str
    place: int | None
    place_words: str | None
    words: str | None
    finding: str | None
    said: Text | None
    reporter: int | None
    seal: bytes | None
    mark: str | None
    round: int
    created_at: datetime
    acknowledged_by: int | None
    acknowledged_at: datetime | None
    assigned_to: int | None
    assigned_by: int | None
    due_at: datetime | None
    fixed_by: int | None
    fixed_at: datetime | None
    fix_words: str | None
    verified_by: int | None
    verified_at: datetime | None
    rejected_by: int | None
    rejected_at: datetime | None
    reason: str | None
    category: str | None = None
    major: bool | None = None
    judged_by: int | None = None
    happened_at: datetime | None = None
    owner_id: int | None = None
    joined_to: int | None = None
    plan: str | None = None
    budget: int | None = None
    rated_why: str | None = None

    @property
    def owner(self) -> int | None:
        """The one who answers for it now: whoever is to fix it, else who took it on, else who leads there."""
        return self.assigned_to or self.acknowledged_by or self.owner_id

    @property
    def anonymous(self) -> bool:
        """Whether it came without a name."""
        return self.seal is not None

    @property
    def by_machine(self) -> bool:
        """Whether nobody reported it: a machine found it."""
        return self.seal is None and self.reporter is None

    @property
    def ref(self) -> str:
        """The ref of the cards that supervisors have."""
        return f"hazard:{self.id}"

    @property
    def report_ref(self) -> str:
        """The ref of the reporter's own message: first the draft, then how the report stands."""
        return report_ref(self.key)


def report_ref(key: str) -> str:
    """The ref of a reporter's message by the report's key: known before there is a number."""
    return f"report:{key}"


_OF = ("hazard", "unit")
REPORTED = FactKind(
    "HazardReported",
    1,
    (*_OF, "kind", "urgency", "files", "finding"),
    "Somebody reported a danger; person only where named",
)
REPORTER_OPENED = FactKind(
    "ReporterOpened",
    1,
    ("hazard", "matter"),
    "Two named people agreed to open who reported without a name; person is who asked, never the reporter",
)
REPORTER_LOOKED_AT = FactKind(
    "ReporterLookedAt", 1, ("hazard", "matter"), "One of the two looked who had reported; person is who looked"
)
BEGUN = FactKind("ReportBegun", 1, ("unit",), "A report was begun and left lying; nobody's name")
PRACTISED = FactKind("ReportPractised", 1, (), "Somebody tried out how to report; it went to nobody")
ACKNOWLEDGED = FactKind("HazardAcknowledged", 1, (*_OF, "round"), "A supervisor has seen a danger and takes care of it")
RATED = FactKind("HazardRated", 1, (*_OF, "severity", "before"), "A supervisor rated how bad a danger is")
TOPICED = FactKind("HazardTopicSet", 1, (*_OF, "topic"), "A supervisor said to which topic a danger belongs")
ASSIGNED = FactKind(
    "HazardAssigned", 1, (*_OF, "severity", "hours"), "Somebody was given a danger to fix; person is the assignee"
)
ASKED = FactKind("ReporterAsked", 1, _OF, "A supervisor asked whoever reported a danger")
ANSWERED = FactKind("ReporterAnswered", 1, _OF, "Whoever reported a danger answered; person only where named")
FIXED = FactKind("HazardFixed", 1, (*_OF, "severity", "photo", "late"), "Somebody says that a danger is fixed")
VERIFIED = FactKind(
    "HazardVerified", 1, (*_OF, "severity", "kind", "topic"), "Somebody else than the fixer saw that a danger is gone"
)
REOPENED = FactKind("HazardReopened", 1, (*_OF, "round", "was"), "A danger is still there or came back")
REJECTED = FactKind("HazardRejected", 1, _OF, "A supervisor says that it is no danger, with a reason")
CONFIRMED = FactKind(
    "HazardConfirmed",
    1,
    _OF,
    "A report was of a true danger: acknowledged and rated, or verified; person is the named reporter",
)
CLIMBED = FactKind(
    "LadderClimbed", 1, ("hazard", "rung", "who", "called", "last"), "Nobody acknowledged, so the next were called"
)
OVERDUE = FactKind("HazardOverdue", 1, (*_OF, "severity"), "A danger was not fixed in time; its supervisor was told")
FACTS = (
    REPORTED, BEGUN, PRACTISED, ACKNOWLEDGED, RATED, TOPICED, ASSIGNED, ASKED, ANSWERED, FIXED, VERIFIED, REOPENED,
    REJECTED, CONFIRMED, CLIMBED, OVERDUE, REPORTER_OPENED, REPORTER_LOOKED_AT, *MORE,
)  # fmt: skip
UNASKED = (REMINDER, DIGEST, MAJOR_DAY, TAP, LADDER, ALIKE)
