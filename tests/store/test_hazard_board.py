"""Which of many open dangers stand on a list: the most pressing ones, however old."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.hazards import actions, listing
from bot.hazards.model import Kind, Urgency
from bot.hazards.tables import HazardRow
from bot.kit.risk import Severity
from tests.store.hazard_crew import NOON, Dock, dock, later

__all__ = ["dock"]


def test_what_nobody_has_seen_comes_first_and_then_the_worse_and_the_older(dock: Dock) -> None:
    """An unrated one counts as high, unless its reporter said that it can wait; somebody hurt goes before it."""
    late = later(hours=1)
    older = dock.report("older")
    waits = dock.report("waits", urgency=Urgency.WAIT)
    unrated = dock.report("unrated", now=late)
    hurt = dock.report("hurt", now=late, kind=Kind.HURT)
    worst = dock.report("worst", now=late)
    seen = dock.report("seen", now=late)
    for each in (worst, seen):
        dock.run(actions.rate, each.id, Severity.CRITICAL, dock.sam, late)
    dock.run(actions.acknowledge, seen.id, dock.sam, late)
    found = dock.run(listing.open_hazards, (dock.path,), None)
    assert [each.id for each in found] == [hurt.id, worst.id, older.id, unrated.id, waits.id, seen.id]


def test_of_more_than_fit_the_old_and_overdue_one_is_not_left_out(dock: Dock) -> None:
    """A list of two: before, it held the two newest, whatever they were."""
    overdue = dock.report("overdue")
    dock.run(actions.assign, overdue.id, dock.bao, dock.sam, NOON)
    for key in ("a", "b", "c"):
        dock.report(key, now=later(days=5), urgency=Urgency.WAIT)

    def late(session: Session) -> None:
        session.execute(update(HazardRow).where(HazardRow.id == overdue.id).values(due_at=NOON + timedelta(hours=1)))

    dock.run(late)
    found = dock.run(listing.open_hazards, (dock.path,), None, 2, later(days=5))
    assert found[0].id == overdue.id
    assert dock.run(listing.open_hazards, (dock.path,), None, 2, NOON)[0].id != overdue.id
