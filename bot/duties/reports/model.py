"""Monthly reports and site visits as values, and their facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

REPORT_DRAFT, VISIT_DRAFT = "dsr.report", "dsv.visit"
"""The conversations in which a report is written and a visit noted."""


class State(StrEnum):
    """Where a report stands. A missed one can still be sent: then it is late."""

    ASKED = "asked"
    MISSED = "missed"
    SENT = "sent"


STEPS = ("done", "seen", "promised")
"""What is asked, in this order: what was done of what was promised, what was seen on site, what is promised next."""


@dataclass(frozen=True)
class Report:
    """A leader's report of one month (`2026-10`)."""

    id: int
    person: int
    path: str
    month: str
    state: State
    due_at: datetime
    done: str
    seen: str
    promised: str
    visits: int
    sent_at: datetime | None

    @property
    def late(self) -> bool:
        """Whether it came after its day."""
        return self.sent_at is not None and self.sent_at > self.due_at


ASKED = FactKind(
    "SafetyReportAsked", 1, ("report", "month"), "A leader was asked for the safety report of a month (`202610`)"
)
SENT = FactKind(
    "SafetyReportSent", 1, ("report", "month", "late", "visits"), "A leader sent the safety report of a month"
)
MISSED = FactKind("SafetyReportMissed", 1, ("report", "month"), "A leader's safety report did not come in time")
VISITED = FactKind(
    "SiteVisited",
    1,
    ("visit", "photo", "located", "place"),
    "A leader was where work is done. It counts with photo and location",
)
FACTS = (ASKED, SENT, MISSED, VISITED)

WANTED = UnaskedKind(
    "duties.reports.wanted", 3, Overflow.JOIN, timedelta(days=2), "duties.reports.wanted_title",
    "A leader's safety report of the last month is due.",
)  # fmt: skip
MISSING = UnaskedKind(
    "duties.reports.missing", 5, Overflow.JOIN, timedelta(days=3), "duties.reports.missing_title",
    "Which reports of the leaders below came, and which did not.",
)  # fmt: skip
UNASKED = (WANTED, MISSING)
