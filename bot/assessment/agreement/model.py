"""What can be agreed, and the facts of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind
from bot.people.agreement import FIGURE, ROOM, SCORE, WORKTIME

DRAFT = "wa.draft"
"""The conversation in which the purpose is written."""
FIGURES = (SCORE, *(FIGURE + code for code in ("today", "lessons", "questions", "exams", "reports")))
"""Figures of single people. Sums of five and more are none of these."""
ROOMS = tuple(
    ROOM + room
    for room in (
        *("learning", "learning.plans", "learning.certificates", "learning.talks", "learning.habit"),
        *("library.authoring", "library.spotting", "inspections", "inspections.visits", "risks.warning"),
        *("compliance", "compliance.reading", "compliance.documents", "compliance.violations", "compliance.register"),
        *("duties", "duties.checks", "duties.reports", "duties.goals", "analysis"),
        *("activities", "voice", "rewards", "resources"),
    )
)
ITEMS = (*FIGURES, WORKTIME, *ROOMS)
OPEN_FOR = timedelta(days=30)
"""So long a proposal may be answered."""
LEAST_PURPOSE, MOST_PURPOSE = 10, 500


class State(StrEnum):
    """Where a proposal stands."""

    ASKED = "asked"
    HOLDS = "holds"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True)
class Side:
    """For whom somebody can speak in a unit: the employer (human resources and above), those who work there, or both."""

    person: int
    employer: bool
    council: bool

    @property
    def any(self) -> bool:
        """Whether they can speak for anybody."""
        return self.employer or self.council


@dataclass(frozen=True)
class Clause:
    """A line of the agreement: something is on or off in a unit, since when, by whose word, what for."""

    id: int
    unit: int
    path: str
    item: str
    is_on: bool
    purpose: str
    state: State
    asked_by: int
    asked_at: datetime
    answered_by: int | None
    answered_at: datetime | None
    ended_by: int | None
    ended_at: datetime | None


_BODY = ("clause", "item", "unit", "on")
ASKED = FactKind("AgreementAsked", 1, _BODY, "Somebody proposed to switch a room or a figure on or off in a unit")
AGREED = FactKind("AgreementMade", 1, _BODY, "Another person agreed: it holds from now on (person: who agreed)")
REFUSED = FactKind("AgreementRefused", 1, _BODY, "Another person did not agree: nothing changes")
TAKEN_BACK = FactKind("AgreementTakenBack", 1, _BODY, "Somebody switched a figure of single people off again, alone")
FACTS = (ASKED, AGREED, REFUSED, TAKEN_BACK)

PROPOSED = UnaskedKind(
    "assessment.agreement.proposed", 3, Overflow.JOIN, timedelta(days=2), "assessment.agreement.proposed_title",
    "Something of the agreement is to change and waits for a second person's word.",
)  # fmt: skip
CHANGED = UnaskedKind(
    "assessment.agreement.changed", 4, Overflow.JOIN, timedelta(days=3), "assessment.agreement.changed_title",
    "The agreement has changed: told to everybody who works there.",
)  # fmt: skip
UNASKED = (PROPOSED, CHANGED)
