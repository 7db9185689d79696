"""Incidents as values, and the facts that this room records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

Words = Mapping[str, str]
"""Words by language."""


class State(StrEnum):
    """Where an incident stands. NOTED: on the register, and nothing asks for an investigation."""

    REPORTED = "reported"
    NOTED = "noted"
    INVESTIGATING = "investigating"
    REVIEW = "review"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What became of it, the mildest first. DANGER is no injury: a hazard that was judged a major hidden danger."""

    DANGER = "danger"
    NEAR_MISS = "near_miss"
    FIRST_AID = "first_aid"
    MEDICAL = "medical"
    LOST_TIME = "lost_time"
    HOSPITAL = "hospital"
    LOSS = "loss"
    FATAL = "fatal"


CHOICES = tuple(each for each in reversed(Outcome) if each is not Outcome.DANGER)
"""What can be chosen, the worst first."""


class Move(StrEnum):
    """What can be done to an incident as a whole."""

    CLASSIFY = "classify"
    INVESTIGATE = "investigate"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    SIGN = "sign"
    REOPEN = "reopen"


class Entry(StrEnum):
    """What the file of an investigation holds."""

    MOMENT = "moment"
    EVIDENCE = "evidence"
    CAUSE = "cause"
    LESSON = "lesson"


class Level(StrEnum):
    """How deep a cause lies."""

    IMMEDIATE = "immediate"
    UNDERLYING = "underlying"
    ROOT = "root"


class Control(StrEnum):
    """The hierarchy of controls, what is worth most first."""

    REMOVE = "remove"
    REPLACE = "replace"
    ENGINEER = "engineer"
    ORGANISE = "organise"
    PROTECT = "protect"


class ClockState(StrEnum):
    """Where a duty to report stands."""

    RUNNING = "running"
    REPORTED = "reported"
    NOT_REPORTABLE = "not_reportable"


@dataclass(frozen=True)
class Rule:
    """A duty to report: for which outcomes, in which jurisdiction, within how long (None: the source names no time)."""

    code: str
    jurisdiction: str
    outcomes: frozenset[Outcome]
    hours: float | None
    what: Words
    source: str
    fact: str | None = None
    seen: bool = False
    """Whether an official text of the source was seen."""


@dataclass(frozen=True)
class Card:
    """What to do for a kind of injury, step by step, and the facts that say so."""

    code: str
    name: Words
    steps: tuple[Words, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """Where the meaning of an outcome comes from."""

    outcome: Outcome
    jurisdiction: str
    fact: str | None
    source: str


@dataclass(frozen=True)
class Incident:
    """Somebody was hurt, it nearly happened, or a danger was major. `round` counts what was done to it."""

    id: int
    key: str
    hazard: int | None
    unit: int
    path: str
    place: int | None
    place_words: str | None
    injury: str | None
    topic: str | None
    outcome: Outcome | None
    state: State
    owner: int | None
    reporter: int | None
    round: int
    created_at: datetime
    outcome_at: datetime | None
    signed_by: int | None

    @property
    def ref(self) -> str:
        """The ref of the messages that show it."""
        return f"incident:{self.id}"


@dataclass(frozen=True)
class Clock:
    """A duty to report one incident. `due_at` is None where the source names no time."""

    id: int
    incident: int
    code: str
    state: ClockState
    starts_at: datetime
    due_at: datetime | None
    reminded: int
    missed_at: datetime | None
    settled_at: datetime | None
    by: int | None
    words: str | None
    """The reference of the report, or why it is not reportable."""


@dataclass(frozen=True)
class Action:
    """What is done so that it does not happen again."""

    id: int
    incident: int
    control: Control
    words: str
    owner: int
    due_at: datetime
    done_at: datetime | None
    climbed: int


@dataclass(frozen=True)
class Dossier:
    """How far an investigation is: what there is of each thing that it needs."""

    owner: bool = False
    moments: int = 0
    immediate: int = 0
    root: int = 0
    actions: int = 0
    actions_open: int = 0
    lessons: int = 0
    clocks_running: int = 0


# --- facts ------------------------------------------------------------------------------------------------------------

_OF = ("incident", "unit")
OPENED = FactKind(
    "IncidentOpened", 1, (*_OF, "hazard", "why"),
    "An incident stands on the restricted register. why: hurt, major; person only where a named reporter called for help",
)  # fmt: skip
CLASSIFIED = FactKind("IncidentClassified", 1, (*_OF, "outcome", "before"), "Somebody said what became of an incident")
OWNED = FactKind("InvestigationOwned", 1, _OF, "Somebody leads an investigation; person is who leads it")
STEPPED = FactKind(
    "IncidentStepped",
    1,
    (*_OF, "move", "state"),
    "An incident was investigated, submitted, sent back, signed or reopened",
)
REFUSED = FactKind(
    "IncidentStepRefused",
    1,
    (*_OF, "move", "lacks"),
    "Somebody tried to end an investigation before what it needs was there",
)
ENTERED = FactKind(
    "InvestigationEntered", 1, (*_OF, "entry", "level"), "Something came into the file of an investigation"
)
ACTION_SET = FactKind(
    "IncidentActionSet",
    1,
    (*_OF, "action", "control", "days"),
    "What is done after an incident was named; person is its owner",
)
ACTION_DONE = FactKind(
    "IncidentActionDone", 1, (*_OF, "action", "late"), "What was to be done after an incident is done"
)
ACTION_OVERDUE = FactKind(
    "IncidentActionOverdue", 1, (*_OF, "action", "step"), "It was not done in time; others were told"
)
CLOCK_STARTED = FactKind(
    "StatutoryClockStarted", 1, (*_OF, "rule", "hours"), "An incident may have to be reported by law"
)
CLOCK_MISSED = FactKind("StatutoryClockMissed", 1, (*_OF, "rule"), "Nobody said in time that an incident was reported")
CLOCK_SETTLED = FactKind(
    "StatutoryClockSettled",
    1,
    (*_OF, "rule", "state", "late"),
    "An incident was reported, or is not reportable, with a reason",
)
CHECKS_ASKED = FactKind("LikePlacesAsked", 1, (*_OF, "places"), "What was learned went to like places as a check")
LOOKED = FactKind("IncidentLookedAt", 1, _OF, "Somebody opened an incident of the restricted register")
FACTS = (
    OPENED, CLASSIFIED, OWNED, STEPPED, REFUSED, ENTERED, ACTION_SET, ACTION_DONE, ACTION_OVERDUE, CLOCK_STARTED,
    CLOCK_MISSED, CLOCK_SETTLED, CHECKS_ASKED, LOOKED,
)  # fmt: skip

CLOCK = UnaskedKind(
    "incidents.clock", 1, Overflow.JOIN, timedelta(hours=36), "incidents.clock_title",
    "An incident may have to be reported by law, and days are left; hours before the end it is an alert.",
)  # fmt: skip
ACTION = UnaskedKind(
    "incidents.action", 2, Overflow.JOIN, timedelta(hours=36), "incidents.action_title",
    "Something that was decided after an incident falls due, or is overdue.",
)  # fmt: skip
UNASKED = (CLOCK, ACTION)
