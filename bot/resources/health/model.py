"""Health checks as values, and their facts. What was found is nobody's business here: there is no field for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "hc.draft"
"""The conversation in which due dates are entered."""


@dataclass(frozen=True)
class Checkup:
    """When somebody's next health check is due; `every_months` 0 means once. `done_on` is when the last one was."""

    id: int
    person: int
    every_months: int
    due_on: date
    done_on: date | None


ENTERED = FactKind("HealthCheckEntered", 1, ("checkup",), "Somebody has a health check by a day: an opportunity")
DONE = FactKind(
    "HealthCheckDone",
    1,
    ("checkup", "late"),
    "Somebody was at their health check, so many days late; nothing of its result is kept",
)
REMINDED = FactKind(
    "HealthCheckDue", 1, ("checkup", "days"), "Somebody's health check is due in so many days; they were told"
)
ESCALATED = FactKind(
    "HealthCheckOverdue",
    1,
    ("checkup", "days"),
    "Somebody's health check is overdue; who leads them was told to give them the time",
)
FACTS = (ENTERED, DONE, REMINDED, ESCALATED)

DUE = UnaskedKind(
    "resources.health.due", 4, Overflow.JOIN, timedelta(days=3), "resources.health.due_title",
    "One's own health check is due.",
)  # fmt: skip
OVERDUE = UnaskedKind(
    "resources.health.overdue", 5, Overflow.JOIN, timedelta(days=3), "resources.health.overdue_title",
    "Somebody's health check is overdue: to those who lead them, so that they get the time for it.",
)  # fmt: skip
UNASKED = (DUE, OVERDUE)
