"""What courses speak of: whom a course binds, who has to do it, who has done it, licences from outside. And the facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind
from bot.library.model import Localized


class Cause(StrEnum):
    """Why a course binds somebody. The first four last as long as they hold; the others begin with an event."""

    EVERYONE = "everyone"
    POST = "post"
    UNIT = "unit"
    TOPIC = "topic"
    NEW = "new"
    MOVED = "moved"
    RETURNED = "returned"
    EXPIRED = "expired"
    BY_HAND = "by_hand"
    PLANNED = "planned"
    """A manager planned it for the people of a unit: no rule of the course itself."""


STANDING = frozenset({Cause.EVERYONE, Cause.POST, Cause.UNIT, Cause.TOPIC})
"""Bound as long as it holds: who changes post is free of it again."""


@dataclass(frozen=True)
class Binding:
    """A rule. `posts`, `units` (codes) and `topics` (exposure: of the post) narrow it; empty means all.

    `days`: until when, counted from the day it binds (for NEW from the day they joined). `months` is for RETURNED: so
    long an absence. For EXPIRED `days` says how long before the end the course comes again.
    """

    cause: Cause
    days: int
    posts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    months: int = 0


@dataclass(frozen=True)
class Pool:
    """So many questions are drawn out of those of some lessons and topics (empty: of the course's lessons)."""

    draw: int
    lessons: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exam:
    """An exam: pools, the percentage that passes, the time, and how often it may be tried."""

    pools: tuple[Pool, ...]
    passes: int
    minutes: int
    tries: int

    @property
    def questions(self) -> int:
        """How many questions it asks."""
        return sum(pool.draw for pool in self.pools)


@dataclass(frozen=True)
class Course:
    """One version of a course. `minutes`: what it counts as training; `months`: how long it holds, None for ever."""

    id: str
    version: int
    title: Localized
    lessons: tuple[str, ...]
    exam: Exam | None
    minutes: int
    months: int | None
    binds: tuple[Binding, ...]


@dataclass(frozen=True)
class Offer:
    """A course as it binds the people of a unit, `path`, and of all below it, since a day."""

    course: Course
    since: date
    unit: int
    path: str


class Step(StrEnum):
    """Where somebody stands with a course that was given to them."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Given:
    """A course that somebody has to do. `version` is the one they began; `tries_added` were granted by a supervisor."""

    id: int
    person: int
    course: str
    version: int
    cause: Cause
    assigned_on: date
    due_on: date
    state: Step
    tries_added: int = 0


@dataclass(frozen=True)
class Completion:
    """Somebody did a course. `expires_on` is the last day on which it counts; None: it does not expire."""

    id: int
    person: int
    course: str
    version: int
    completed_on: date
    expires_on: date | None
    right: int | None
    of: int | None
    entered_by: int | None = None


class SittingState(StrEnum):
    """How an exam stands."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True)
class Sitting:
    """One try at an exam. `sheet` is the assignment that holds its questions."""

    id: int
    given: int
    person: int
    course: str
    version: int
    number: int
    sheet: int
    started_at: datetime
    ends_at: datetime
    state: SittingState
    right: int | None
    of: int


class LicenceState(StrEnum):
    """A licence counts only once a second person has looked at it."""

    ENTERED = "entered"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Licence:
    """A paper from outside. `expires_on` is the last day on which it counts."""

    id: int
    person: int
    name: str
    number: str
    expires_on: date
    photo: str | None
    state: LicenceState
    entered_on: date
    decided_by: int | None
    decided_on: date | None


@dataclass(frozen=True)
class Hours:
    """Training that somebody had: from a course, or entered by a supervisor with a reason."""

    person: int
    on: date
    minutes: int
    course: str | None
    words: str
    entered_by: int | None


@dataclass(frozen=True)
class Standing:
    """Somebody and a course on a day. `needed`: a rule binds them; `due_on`: what is open; `done`: what counts then."""

    needed: bool
    done: Completion | None
    due_on: date | None
    on: date
    lapsed: Completion | None = field(default=None)
    """The last one, where it counts no more."""

    @property
    def overdue(self) -> bool:
        """Its day has passed, and nothing counts."""
        return self.done is None and self.due_on is not None and self.due_on < self.on


COURSE_PUBLISHED = FactKind("CoursePublished", 1, ("course", "version"), "A version of a course was put in force.")
COURSE_ASSIGNED = FactKind(
    "CourseAssigned", 1, ("course", "version", "cause", "days"), "A rule gave somebody a course: an opportunity."
)
COURSE_WITHDRAWN = FactKind(
    "CourseWithdrawn", 1, ("course",), "The rule that gave somebody a course holds no more, before they had done it."
)
COURSE_COMPLETED = FactKind(
    "CourseCompleted",
    1,
    ("course", "version", "minutes", "late"),
    "Somebody did a course, so many days late; it counts as so many minutes of training.",
)
EXAM_STARTED = FactKind(
    "ExamStarted", 1, ("course", "version", "try", "questions", "minutes"), "Somebody began an exam: an opportunity."
)
EXAM_PASSED = FactKind("ExamPassed", 1, ("course", "version", "try", "right", "of"), "Somebody passed an exam.")
EXAM_FAILED = FactKind("ExamFailed", 1, ("course", "version", "try", "right", "of"), "Somebody did not pass an exam.")
EXTRA_TIME_GRANTED = FactKind(
    "ExtraTimeGranted", 1, ("percent",), "Somebody has so much more time in exams; the reason is on record."
)
TRY_GRANTED = FactKind("ExamTryGranted", 1, ("course",), "Somebody may try an exam once more; the reason is on record.")
HOURS_ENTERED = FactKind(
    "TrainingEntered", 1, ("minutes",), "A supervisor entered training that somebody had: a talk, or outside."
)
LICENCE_ENTERED = FactKind("LicenceEntered", 1, (), "Somebody sent a licence from outside.")
LICENCE_CONFIRMED = FactKind(
    "LicenceConfirmed", 1, ("days",), "Somebody else looked at a licence; it counts for so many days more."
)
LICENCE_REFUSED = FactKind("LicenceRefused", 1, (), "Somebody else looked at a licence and did not accept it.")
CHASED = FactKind("CourseChased", 1, ("course",), "A supervisor reminded somebody of a course.")
FACTS = (
    COURSE_PUBLISHED,
    COURSE_ASSIGNED,
    COURSE_WITHDRAWN,
    COURSE_COMPLETED,
    EXAM_STARTED,
    EXAM_PASSED,
    EXAM_FAILED,
    EXTRA_TIME_GRANTED,
    TRY_GRANTED,
    HOURS_ENTERED,
    LICENCE_ENTERED,
    LICENCE_CONFIRMED,
    LICENCE_REFUSED,
    CHASED,
)

COURSES = UnaskedKind(
    "learning.courses",
    3,
    Overflow.JOIN,
    timedelta(days=2),
    "learning.courses.waiting_title",
    "Courses that somebody has to do, in one message: when they are given, shortly before their day, weekly after it.",
)
LICENCES = UnaskedKind(
    "learning.licences",
    3,
    Overflow.JOIN,
    timedelta(days=7),
    "learning.courses.licence_title",
    "A licence from outside: one to look at, or one that runs out soon.",
)
UNASKED = (COURSES, LICENCES)
