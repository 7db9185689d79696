"""What the gate speaks of: levels, what each needs, what was done, exceptions, and whether somebody is cleared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind
from bot.people.model import Role


class Level(StrEnum):
    """The three levels, in their order."""

    COMPANY = "company"
    WORKSHOP = "workshop"
    TEAM = "team"


class Because(StrEnum):
    """Why somebody has to be inducted."""

    NEW = "new"
    NEW_POST = "new_post"
    RETURN = "return"


class Reason(StrEnum):
    """Why somebody may work without the induction, for some days and on record."""

    ESCORTED = "escorted"
    EMERGENCY_REPAIR = "emergency_repair"
    DONE_ELSEWHERE = "done_elsewhere"


class Done(StrEnum):
    """What was done for a level."""

    EXAM = "exam"
    HOURS = "hours"


class Standing(StrEnum):
    """Whether somebody may work. NOT_ASKED: there is no induction on record for them, and nobody says that there was."""

    CLEARED = "cleared"
    EXCEPTION = "exception"
    NOT_CLEARED = "not_cleared"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Need:
    """What a level needs: hours that somebody confirms, and an exam of so many questions with `share` percent right.

    Without hours it needs one confirmation. `by` is the least role that confirms.
    """

    level: Level
    hours: int
    topics: tuple[str, ...]
    questions: int
    share: int
    by: Role


@dataclass(frozen=True)
class Gate:
    """What a unit wants of newcomers from a day on, as the company set it."""

    since: date
    within_days: int
    needs: tuple[Need, ...]
    on_new_post: tuple[Level, ...]
    absence_days: int | None
    on_return: tuple[Level, ...]
    months: int | None


@dataclass(frozen=True)
class Induction:
    """What somebody has to do, as it was set when it began: later settings change nothing of it."""

    id: int
    person: int
    because: Because
    started_at: datetime
    due_on: date
    needs: tuple[Need, ...]
    unit: int
    post: str
    done_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """What was done for a level, when, and for hours by whom it was confirmed. `share` is of a passed exam."""

    induction: int
    level: Level
    what: Done
    at: datetime
    by: int | None = None
    minutes: int = 0
    share: int = 0


@dataclass(frozen=True)
class Exemption:
    """Somebody may work without the induction: why, who said so, until when. Ended by hand or by itself."""

    id: int
    person: int
    reason: Reason
    words: str
    by: int
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Missing:
    """What a level still lacks: the exam, so many minutes of confirmed hours, or (without hours) the confirmation."""

    level: Level
    exam: bool
    minutes: int
    confirmation: bool


@dataclass(frozen=True)
class Clearance:
    """Whether somebody may work at an instant, and what is missing. `since`: since when they may; `until`: of an exception."""

    standing: Standing
    missing: tuple[Missing, ...] = ()
    because: Because | None = None
    due_on: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    induction: Induction | None = None
    exception: Exemption | None = None

    @property
    def may_work(self) -> bool | None:
        """Yes, no, or None where nothing is on record."""
        if self.standing is Standing.NOT_ASKED:
            return None
        return self.standing is not Standing.NOT_CLEARED


INDUCTION_STARTED = FactKind(
    "InductionStarted",
    1,
    ("because", "levels"),
    "Somebody has to be inducted: because new, new_post or return; so many levels.",
)
LEVEL_DONE = FactKind(
    "InductionLevelDone", 1, ("level", "minutes", "share"), "Somebody has done a level of the induction."
)
CLEARED = FactKind(
    "ClearedToWork", 1, ("because", "days"), "Somebody has done all levels, so many days after the beginning."
)
EXCEPTION_MADE = FactKind(
    "ClearanceExceptionMade",
    1,
    ("reason", "days", "by"),
    "Somebody may work without the induction, for a reason on record.",
)
EXCEPTION_ENDED = FactKind("ClearanceExceptionEnded", 1, (), "Somebody's exception was ended by hand.")
FACTS = (INDUCTION_STARTED, LEVEL_DONE, CLEARED, EXCEPTION_MADE, EXCEPTION_ENDED)

STARTED = UnaskedKind(
    "learning.induction.started",
    2,
    Overflow.JOIN,
    timedelta(hours=36),
    "learning.induction.started_title",
    "What somebody must do before they may work, or may work again.",
)
TO_LEAD = UnaskedKind(
    "learning.induction.to_lead",
    5,
    Overflow.JOIN,
    timedelta(hours=36),
    "learning.induction.to_lead_title",
    "Somebody of one's people is not cleared to work and waits for hours to be confirmed.",
)
DUE = UnaskedKind(
    "learning.induction.due",
    3,
    Overflow.JOIN,
    timedelta(hours=48),
    "learning.induction.due_title",
    "The day by which an induction is to be done is near; said once to the newcomer and once to who leads them.",
)
UNASKED = (STARTED, TO_LEAD, DUE)
