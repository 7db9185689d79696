"""A policy, what is counted of a person, and the score with each line that makes it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.compliance.reading import model as reading
from bot.delivery.model import Overflow, UnaskedKind
from bot.duties import model as duties
from bot.duties.reports import model as reports
from bot.learning import model as learning
from bot.learning.courses import model as courses
from bot.learning.talks import model as talks
from bot.ledger.model import FactKind

FEWEST_PEERS = 5
"""Figures of fewer others would tell what one of them did."""
TENTHS = 10
"""Scores and points are whole tenths, so that they add up to the eye and to the byte."""


class Measure(StrEnum):
    """What is measured: what somebody did with what was put before them. There is none of injuries, and none of reports:
    whoever is judged by these hides them.
    """

    LESSONS = "lessons"
    QUESTIONS = "questions"
    EXAMS = "exams"
    TALKS = "talks"
    COURSES = "courses"
    NOTICES = "notices"
    DUTIES = "duties"
    LEADING = "leading"


class Part(StrEnum):
    """What a fact says of an opportunity."""

    OFFERED = "offered"
    DONE = "done"
    LOST = "lost"
    """It never came, was taken back or struck: no opportunity."""


KINDS: Mapping[str, tuple[Measure, Part]] = {
    learning.LESSON_ASSIGNED.name: (Measure.LESSONS, Part.OFFERED),
    learning.LESSON_READ.name: (Measure.LESSONS, Part.DONE),
    learning.NOT_DELIVERED.name: (Measure.LESSONS, Part.LOST),
    learning.QUESTION_OFFERED.name: (Measure.QUESTIONS, Part.OFFERED),
    learning.QUESTION_ANSWERED.name: (Measure.QUESTIONS, Part.DONE),
    learning.QUESTION_NOT_DELIVERED.name: (Measure.QUESTIONS, Part.LOST),
    learning.EXAM_ANSWER_STRUCK.name: (Measure.EXAMS, Part.LOST),
    talks.TALK_OFFERED.name: (Measure.TALKS, Part.OFFERED),
    talks.TALK_ATTENDED.name: (Measure.TALKS, Part.DONE),
    courses.COURSE_ASSIGNED.name: (Measure.COURSES, Part.OFFERED),
    courses.COURSE_COMPLETED.name: (Measure.COURSES, Part.DONE),
    courses.COURSE_WITHDRAWN.name: (Measure.COURSES, Part.LOST),
    reading.NOTICE_ASKED.name: (Measure.NOTICES, Part.OFFERED),
    reading.NOTICE_ACKNOWLEDGED.name: (Measure.NOTICES, Part.DONE),
    duties.GIVEN.name: (Measure.DUTIES, Part.OFFERED),
    duties.ACKNOWLEDGED.name: (Measure.DUTIES, Part.DONE),
    duties.WITHDRAWN.name: (Measure.DUTIES, Part.LOST),
    reports.ASKED.name: (Measure.LEADING, Part.OFFERED),
    reports.SENT.name: (Measure.LEADING, Part.DONE),
}
"""The facts that a score is made from. There is nothing in it that is not in one of these."""
KNOWN_WITHIN = timedelta(days=31)
"""For how long after a period it is looked for what never came."""


@dataclass(frozen=True)
class Weight:
    """How one measure counts: so many points at most, all of them from `full` percent on, at least `floor` percent of them,
    and only from `least` opportunities on.
    """

    weight: int
    full: int = 100
    floor: int = 0
    least: int = 1


@dataclass(frozen=True)
class Policy:
    """How scores are made. `says`: why it is so, in each language. `posts`: by post, in place of `usual`."""

    version: str
    says: Mapping[str, str]
    usual: Mapping[Measure, Weight]
    posts: Mapping[str, Mapping[Measure, Weight]] = field(default_factory=dict)
    least: int = 10
    """With fewer opportunities in all there is no score."""
    grace_days: int = 3
    """What came in the last days of a time and is not done yet counts for nothing: there was no time for it."""
    text: str = ""
    """The file, as it was read."""

    def of(self, post: str) -> Mapping[Measure, Weight]:
        """How it counts for a post."""
        return self.posts.get(post, self.usual)


@dataclass(frozen=True)
class Evidence:
    """A fact as a score reads it: its key in the ledger, its day on the person's calendar, and what of its body counts."""

    key: str
    kind: str
    on: date
    body: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """Whose score it is: what of them matters. `excused`: days of leave or off by the roster."""

    person: int
    pseudonym: str
    badge: str
    name: str
    unit: tuple[str, ...]
    unit_id: int
    path: str
    post: str
    zone: str
    days: int
    excused: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Line:
    """One measure of a score. `done`, `missed` and `left_out` are keys of facts: `points` (tenths) come from nothing else."""

    measure: Measure
    weight: Weight
    done: tuple[str, ...]
    missed: tuple[str, ...]
    left_out: tuple[str, ...]
    counts: bool
    most: int
    points: int

    @property
    def offered(self) -> int:
        """How many opportunities there were."""
        return len(self.done) + len(self.missed)


@dataclass(frozen=True)
class Score:
    """What it comes to. `total` is in tenths of 100 points; None where there is too little to say anything."""

    lines: tuple[Line, ...]
    opportunities: int
    total: int | None


@dataclass(frozen=True)
class Peers:
    """The others of the same post in the same unit: how many have a score, and the middle of these. Never who."""

    count: int
    low: int
    middle: int
    high: int


@dataclass(frozen=True)
class Scored:
    """Somebody with their score; `score` is None where it was not agreed that there is one."""

    subject: Subject
    score: Score | None


@dataclass(frozen=True)
class Looked:
    """Somebody has looked at a score."""

    by: int
    at: str
    how: str


LOOKED_AT = FactKind(
    "ScoreLookedAt",
    1,
    ("by", "how"),
    "Somebody looked at a person's score (person: whose). how: page, chat, file, program",
)
FACTS = (LOOKED_AT,)
LOOKED = UnaskedKind(
    "assessment.scores.looked", 7, Overflow.JOIN, timedelta(days=3), "assessment.scores.looked_title",
    "Somebody has looked at one's score: who, and why it may be.",
)  # fmt: skip
UNASKED = (LOOKED,)
