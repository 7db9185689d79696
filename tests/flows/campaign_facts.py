"""What the ledger would hold of dangers and inspections around a campaign: reports, ratings, rounds that find something."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery.model import DANGER_FOUND
from bot.hazards import model as hazards
from bot.inspections import model as inspections
from bot.ledger import store as ledger
from bot.ledger.actions import record
from bot.ledger.model import Fact
from tests.flows.house import Story

HOUR = timedelta(hours=1)


def past(
    session: Session, unit: int, day: Callable[[int], datetime], days: Iterable[int], reports: Callable[[int], int],
    found: Callable[[int], int],
) -> None:  # fmt: skip
    """For each day (from the start on, below 0 before it): so many confirmed reports, and one round that finds so many."""
    for number in days:
        at = day(number)
        for n in range(reports(number)):
            danger(session, f"{unit}:{number}:{n}", 1_000_000 + 100 * number + n, unit, at)
        body = {"inspection": number + 500, "checklist": 1, "unit": unit, "origin": "plan", "items": 5, "failed": 1}
        body |= {"seconds": 60, "late": False}
        record(session, Fact(inspections.DONE, f"done:{unit}:{number}", at, unit=unit, body=body), at)
        for n in range(found(number)):
            key = f"check:{unit}:{number}:{n}"
            body = {"finding": key, "room": "inspections", "severity": 2, "topic": None}
            record(session, Fact(DANGER_FOUND, f"found:{key}", at, unit=unit, body=body), at)
            danger(session, key, 2_000_000 + 100 * number + n, unit, at, finding=key)


async def facts(s: Story, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """What the ledger holds of some kinds, in order: old ones too, whose bodies lie apart."""

    def read(session: Session) -> list[tuple[str, dict[str, Any]]]:
        found = ledger.between(session, s.now - timedelta(days=400), s.now + HOUR, kinds)
        return [(each.kind, each.body) for each in found]

    return list(await s.ask(read))


def danger(
    session: Session, key: str, number: int, unit: int, at: datetime, *, finding: str | None = None, severity: int = 2
) -> None:
    """A report, and an hour later its rating."""
    body = {"hazard": number, "unit": unit, "kind": "dangerous", "urgency": None, "files": 0}
    body |= {"finding": finding} if finding else {}
    record(session, Fact(hazards.REPORTED, f"r:{key}", at, unit=unit, body=body), at)
    rated = {"hazard": number, "unit": unit, "severity": severity, "before": None}
    record(session, Fact(hazards.RATED, f"s:{key}", at + HOUR, unit=unit, body=rated), at + HOUR)
