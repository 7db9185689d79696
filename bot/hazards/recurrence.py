"""Does it come back? Reports of the same kind at the same place, before a danger was reported and after it was proved gone.

The report itself counts on neither side: it is why we look, and counting it would make every fix look good.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.hazards import store
from bot.hazards.facts import RECURRENCE
from bot.hazards.model import Hazard, State
from bot.hazards.tables import HazardRow
from bot.kit.statistics import Interval, rate_ratio
from bot.ledger.actions import record
from bot.ledger.model import Fact

WINDOW = timedelta(days=90)
DAY = timedelta(days=1)
CAUGHT_UP = timedelta(days=7)
"""So long after its day a measurement is still made, where the program was down."""
NOT_COUNTED = (State.REJECTED.value, State.JOINED.value)


@dataclass(frozen=True)
class Recurrence:
    """How often before and after, in how many days each, and the ratio of the two rates with its 95 % interval."""

    before: int
    after: int
    days_before: float
    days_after: float
    ratio: Interval


def measure(session: Session, hazard: Hazard, now: datetime) -> Recurrence | None:
    """What is known by now of a verified danger; None where nobody has said of which kind it is, or it is not a day old."""
    kind = HazardRow.category == hazard.category if hazard.category else HazardRow.topic == hazard.topic
    if hazard.verified_at is None or not (hazard.category or hazard.topic) or now - hazard.verified_at < DAY:
        return None
    place = HazardRow.place_id == hazard.place if hazard.place else HazardRow.unit_id == hazard.unit
    like = (kind, place, HazardRow.id != hazard.id, HazardRow.state.not_in(NOT_COUNTED))
    end = min(now, hazard.verified_at + WINDOW)
    before = _count(
        session, *like, HazardRow.created_at >= hazard.created_at - WINDOW, HazardRow.created_at < hazard.created_at
    )
    after = _count(session, *like, HazardRow.created_at > hazard.verified_at, HazardRow.created_at <= end)
    days = (WINDOW / DAY, (end - hazard.verified_at) / DAY)
    return Recurrence(before, after, *days, rate_ratio(after, days[1], before, days[0]))


def _count(session: Session, *which: object) -> int:
    return session.scalar(select(func.count()).select_from(HazardRow).where(*which)) or 0  # type: ignore[arg-type]


def measure_due(session: Session, now: datetime, most: int = 50) -> bool:
    """Keeps the measurement of dangers that were proved gone 90 days ago, once each and round; True while more may be due."""
    due = now - WINDOW
    query = select(HazardRow).where(
        HazardRow.state == State.VERIFIED.value, HazardRow.measured_at.is_(None),
        HazardRow.verified_at <= due, HazardRow.verified_at > due - CAUGHT_UP,
    )  # fmt: skip
    rows = session.scalars(query.order_by(HazardRow.id).limit(most)).all()
    for row in rows:
        row.measured_at = now
        hazard = store.as_hazard(row)
        found = measure(session, hazard, now)
        if found is None:
            continue
        body = {
            "hazard": hazard.id,
            "unit": hazard.unit,
            "before": found.before,
            "after": found.after,
            "days": WINDOW.days,
        }
        key = f"recurrence:{hazard.id}:{hazard.round}"
        record(session, Fact(RECURRENCE, key, now, unit=hazard.unit, body=body), now)
    session.flush()
    return len(rows) == most
