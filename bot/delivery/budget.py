"""One budget a person over all rooms, for what nobody asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery.tables import OutboxRow
from bot.kit.clock import instant, local_date
from bot.people.model import Person

LOOK_AHEAD = 14


@dataclass
class Budget:
    """Messages a local day that a person gets without having asked."""

    per_day: int = 2


def place_in_budget(session: Session, who: Person, at: datetime, budget: Budget) -> datetime:
    """The first time at or after `at` on a day that still has room; days are the person's own.

    After LOOK_AHEAD full days it goes on the last of them: a message that is always put off is lost.
    """
    day = local_date(at, who.zone)
    for ahead in range(LOOK_AHEAD):
        starts = instant(day + timedelta(days=ahead), datetime.min.time(), who.zone)
        ends = instant(day + timedelta(days=ahead + 1), datetime.min.time(), who.zone)
        if _asked_nothing(session, who.id, starts, ends) < budget.per_day:
            return at if ahead == 0 else instant(day + timedelta(days=ahead), who.push_at, who.zone)
    return instant(day + timedelta(days=LOOK_AHEAD), who.push_at, who.zone)


def _asked_nothing(session: Session, person: int, starts: datetime, ends: datetime) -> int:
    query = select(func.count()).where(
        OutboxRow.person_id == person,
        OutboxRow.unasked,
        OutboxRow.not_before >= starts,
        OutboxRow.not_before < ends,
        OutboxRow.state.in_(("waiting", "started", "sent")),
    )
    return session.scalar(query) or 0
