"""What an assessment speaks of: a period, who was employed in it, what happened, and a line for each person."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from operator import add, attrgetter
from typing import Any, NamedTuple

from bot.hazards import model as hazards
from bot.learning import model as learning

SCHEMA = "davy.assessment/1"
"""The version of the JSON export. A column that changes its meaning gets another name, and this another number."""
KINDS = tuple(
    kind.name
    for kind in (
        learning.LESSON_ASSIGNED,
        learning.NOT_DELIVERED,
        learning.LESSON_READ,
        learning.QUESTION_OFFERED,
        learning.QUESTION_NOT_DELIVERED,
        learning.QUESTION_ANSWERED,
        learning.EXAM_ANSWER_STRUCK,
        hazards.REPORTED,
        hazards.CONFIRMED,
        hazards.PRACTISED,
    )
)
"""The facts that an assessment is made from. There is nothing in it that is not in one of these."""
LOST = (learning.NOT_DELIVERED.name, learning.QUESTION_NOT_DELIVERED.name, learning.EXAM_ANSWER_STRUCK.name)
"""That something never arrived, or was asked wrongly. It is often known days later, so these count also when the period is over."""


@dataclass(frozen=True)
class Period:
    """From a day to a day, both included, on the calendar of the unit that somebody works in."""

    starts: date
    ends: date


@dataclass(frozen=True)
class Employed:
    """Somebody who was employed on at least one day of a period.

    `unit` names the units from the company down, `post` what they worked as, both as of their last day in the period.
    `excused` are the days on which they were on leave or off by the roster. `cleared`: whether they might work when the
    period ended (`learning.induction.model.Standing`).
    """

    person: int
    badge: str
    name: str
    unit: tuple[str, ...]
    post: str
    zone: str
    days: int
    excused: frozenset[date] = frozenset()
    cleared: str = ""
    unit_id: int = 0
    path: str = ""
    hidden: frozenset[str] = frozenset()
    """Columns that are not shown of them, by agreement."""


@dataclass(frozen=True)
class Happened:
    """A fact as an assessment reads it.

    `subject` is what its key is about (`read:7` -> `7`): it ties a deed to its opportunity.
    """

    kind: str
    subject: str
    at: datetime
    person: int | None
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One person's participation. Counts of opportunities and of what was done with them; no times, no answers."""

    badge: str
    name: str
    unit: str
    post: str
    days_employed: int
    days_excused: int
    lessons_offered: int = 0
    lessons_read: int = 0
    lessons_excused: int = 0
    lessons_also_read: int = 0
    questions_offered: int = 0
    questions_answered: int = 0
    questions_excused: int = 0
    exam_questions_answered: int = 0
    exam_questions_right: int = 0
    reports_made: int = 0
    reports_confirmed: int = 0
    reports_practised: int = 0
    cleared: str = ""
    hidden: frozenset[str] = frozenset()
    """Columns that are not shown of this person: it was agreed so."""

    @property
    def had_opportunity(self) -> bool:
        """Whether there was anything that they could have taken part in. Without it a share means nothing."""
        return self.lessons_offered + self.questions_offered > 0


class Type(StrEnum):
    """What a column holds: words, a count, or a share of two counts."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"


@dataclass(frozen=True)
class Column:
    """A column by its code. A share names its two counts: it is `part` of `whole`, and nothing where `whole` is 0."""

    code: str
    type: Type
    part: str = ""
    whole: str = ""


def _share(code: str, part: str, whole: str) -> Column:
    return Column(code, Type.SHARE, part, whole)


def _count(code: str) -> Column:
    return Column(code, Type.COUNT)


COLUMNS = (
    Column("badge", Type.TEXT),
    Column("name", Type.TEXT),
    Column("unit", Type.TEXT),
    Column("post", Type.TEXT),
    Column("cleared", Type.TEXT),
    _count("days_employed"),
    _count("days_excused"),
    _count("lessons_offered"),
    _count("lessons_read"),
    _share("lessons_share", "lessons_read", "lessons_offered"),
    _count("lessons_excused"),
    _count("lessons_also_read"),
    _count("questions_offered"),
    _count("questions_answered"),
    _share("questions_share", "questions_answered", "questions_offered"),
    _count("questions_excused"),
    _count("exam_questions_answered"),
    _count("exam_questions_right"),
    _share("exam_share", "exam_questions_right", "exam_questions_answered"),
    _count("reports_made"),
    _count("reports_confirmed"),
    _count("reports_practised"),
    Column("note", Type.TEXT),
)
"""In the order in which they stand. Each share stands right behind the two counts that it is made of."""
FIGURES = {
    "lessons": tuple(c.code for c in COLUMNS if c.code.startswith("lessons_")),
    "questions": tuple(c.code for c in COLUMNS if c.code.startswith("questions_")),
    "exams": tuple(c.code for c in COLUMNS if c.code.startswith("exam_")),
    "reports": tuple(c.code for c in COLUMNS if c.code.startswith("reports_")),
}
"""Which columns a figure of single people is, as it can be agreed on or off (`figure.lessons`)."""


@dataclass(frozen=True)
class Sheet:
    """An export as values: for whom, which period, and its lines in the order of badges."""

    company: str
    lang: str
    period: Period
    lines: tuple[Line, ...]


# --- participation today -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """How many people of a unit have been offered something today, and how many did something with it."""

    people: int = 0
    offered: int = 0
    read: int = 0
    answered: int = 0
    took_part: int = 0
    undelivered: int = 0

    @property
    def open(self) -> int:
        """Who got it and has not begun."""
        return max(0, self.offered - self.took_part - self.undelivered)

    def __add__(self, other: Tally) -> Tally:
        return Tally(*map(add, counts_of(self), counts_of(other)))


counts_of = attrgetter(*(each.name for each in fields(Tally)))
"""All counts of a Tally, in their order."""
NONE = Tally()
"""Of a unit where nobody works and nothing was offered."""


class Place(NamedTuple):
    """A unit as far as adding up needs it: of these a large company has thousands, and most of them no page speaks of."""

    id: int
    parent: int | None
    path: str
    zone: str
    name: str
    closed: bool
