"""Checklists and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.kit.risk import Severity
from bot.ledger.model import FactKind

Words = Mapping[str, str]
"""What is said, by language."""


class Kind(StrEnum):
    """How an item is answered."""

    PASS = "pass"
    NUMBER = "number"
    CHOICE = "choice"
    NOTE = "note"


class Photo(StrEnum):
    """When an item wants a photo."""

    NO = "no"
    ON_FAIL = "on_fail"
    YES = "yes"


class Outcome(StrEnum):
    """How an item was found."""

    PASS = "pass"
    FAIL = "fail"
    NA = "na"


class State(StrEnum):
    """An inspection waits, is under way, then done, missed or given up."""

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    MISSED = "missed"
    DROPPED = "dropped"


class Origin(StrEnum):
    """Why there is an inspection: a plan, a draw, somebody's own wish."""

    PLAN = "plan"
    SPOT = "spot"
    OWN = "own"


class Step(StrEnum):
    """What a running inspection waits for: an answer, or words and a photo to it."""

    ASK = "ask"
    MORE = "more"


class Shelf(StrEnum):
    """For a unit a checklist is a draft until a person by name adopts it for there."""

    DRAFT = "draft"
    ADOPTED = "adopted"


@dataclass(frozen=True)
class Choice:
    """One answer of several. `fails`: it means that something is not in order."""

    words: Words
    fails: bool = False


@dataclass(frozen=True)
class Item:
    """One thing to look at. `facts` are ids of the fact base beside what the item states."""

    code: str
    words: Words
    kind: Kind = Kind.PASS
    photo: Photo = Photo.NO
    severity: Severity = Severity.MEDIUM
    topic: str = ""
    facts: tuple[str, ...] = ()
    hint: Words | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[Choice, ...] = ()
    optional: bool = True
    """Whether it may be said not to apply."""


@dataclass(frozen=True)
class Section:
    """Items that belong together."""

    title: Words
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Checklist:
    """A list as its file has it."""

    code: str
    title: Words
    topic: str
    sections: tuple[Section, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in their order."""
        return tuple(item for section in self.sections for item in section.items)

    def section_of(self, at: int) -> Section:
        """The section of the item at a place."""
        for section in self.sections:
            if at < len(section.items):
                return section
            at -= len(section.items)
        return self.sections[-1]


@dataclass(frozen=True)
class Kept:
    """A checklist on the shelf, as a unit has it: `version` is the newest, `used` the one that somebody stands for there."""

    id: int
    code: str
    version: int
    title: Words
    topic: str
    shipped: bool
    unit: int
    path: str
    used: int | None = None
    adopted_by: int | None = None

    @property
    def state(self) -> Shelf:
        """A draft while nobody stands for its newest version."""
        return Shelf.ADOPTED if self.used == self.version else Shelf.DRAFT


@dataclass(frozen=True)
class Inspection:
    """One walk with one version of a checklist. `at` is the item it stands at."""

    id: int
    checklist: int
    version: int
    unit: int
    path: str
    place: int | None
    origin: Origin
    person: int
    state: State
    at: int
    step: Step
    due_at: datetime
    answer_by: datetime | None
    shown_at: datetime | None
    started_at: datetime | None
    done_at: datetime | None
    missed_at: datetime | None
    plan: int | None = None
    draw: int | None = None


@dataclass(frozen=True)
class Answer:
    """How an item was found. `gone`: what became of the danger: None while it is open."""

    id: int
    inspection: int
    item: str
    outcome: Outcome
    value: str | None
    note: str | None
    seconds: float
    handed_at: datetime | None
    gone: bool | None


DONE = FactKind(
    "InspectionDone",
    1,
    ("inspection", "checklist", "unit", "origin", "items", "failed", "seconds", "late"),
    "Somebody went through a checklist to its end; items and fails are counted, the seconds are those at the items",
)
MISSED = FactKind(
    "InspectionMissed",
    1,
    ("inspection", "checklist", "unit", "origin"),
    "An inspection was due and nobody had ended it in its time",
)
ADOPTED = FactKind(
    "ChecklistAdopted",
    1,
    ("checklist", "version", "unit"),
    "Somebody stands for a checklist with their name, for a unit and all below",
)
PUBLISHED = FactKind("ChecklistPublished", 1, ("checklist", "version", "items"), "A version of a checklist was put in")
PLANNED = FactKind("ChecklistPlanned", 1, ("checklist", "plan", "unit"), "A checklist is to be done on certain days")
DRAWN = FactKind(
    "SpotChecksDrawn", 1, ("rule", "checklist", "unit", "count"), "The random checks of a week were drawn for a unit"
)
FACTS = (DONE, MISSED, ADOPTED, PUBLISHED, PLANNED, DRAWN)

DUE = UnaskedKind(
    "inspections.due", 2, Overflow.JOIN, timedelta(hours=36), "inspections.due_title",
    "A checklist is due: by plan, or drawn at random.",
)  # fmt: skip
ASKED = UnaskedKind(
    "inspections.asked", 3, Overflow.JOIN, timedelta(hours=36), "inspections.asked_title",
    "What was learned elsewhere is to be looked for here: one question.",
)  # fmt: skip
LATE = UnaskedKind(
    "inspections.late", 6, Overflow.JOIN, timedelta(hours=36), "inspections.late_title",
    "An inspection was not done in its time, or a check was not answered.",
)  # fmt: skip
UNASKED = (DUE, ASKED, LATE)
