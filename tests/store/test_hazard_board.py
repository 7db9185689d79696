"""Which of many open dangers stand on a list: the most pressing ones, however old."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.hazards import actions, listing
from bot.hazards.listing import Wanted
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


def test_what_is_asked_for_is_found_and_counted_and_nothing_that_is_hidden(dock: Dock) -> None:
    """By group, kind, severity, place and words, where a sign of LIKE is a sign; closed ones newest first; hidden ones nowhere."""
    rail = dock.report("rail", words="Rail 100% loose")
    near = dock.report("near", kind=Kind.NEARLY, words="A pallet fell")
    gone = dock.report("gone", words="A lamp")
    hidden = dock.report("hidden", words="About Sam", hidden_from=(dock.sam,))
    dock.run(actions.rate, rail.id, Severity.HIGH, dock.sam, NOON)
    for each, by in ((near, dock.sam), (gone, dock.marta)):
        dock.run(actions.acknowledge, each.id, by, NOON)
    dock.run(actions.reject, gone.id, "It is a lamp", dock.marta, NOON)
    late = later(hours=1)

    def asked(**of: object) -> list[int]:
        wanted = Wanted(**of)  # type: ignore[arg-type]
        return [each.id for each in dock.run(listing.some, (dock.path,), dock.sam, wanted, late, 10)]

    assert asked() == [rail.id, near.id]
    assert asked(show="unseen") == [rail.id]
    assert asked(show="working") == [near.id]
    assert asked(show="rejected") == [gone.id]
    assert asked(kind="nearly") == [near.id]
    assert asked(severity=3) == [rail.id]
    assert asked(text="100%") == [rail.id]
    assert asked(text="%") == [rail.id]
    assert asked(text="PALLET") == [near.id]
    assert asked(text=str(near.id)) == [near.id]
    assert asked(path="/0/") == []
    assert hidden.id not in asked(text="About")
    assert dock.run(listing.some, (), dock.sam, Wanted(), late, 10) == []
    assert [each.id for each in dock.run(listing.some, (dock.path,), dock.sam, Wanted(), late, 1, 1)] == [near.id]
    counted = dock.run(listing.tally, (dock.path,), dock.sam, late)
    assert counted == {"unseen": 1, "working": 1, "check": 0, "overdue": 0}
    assert dock.run(listing.tally, (dock.path,), dock.marta, late)["unseen"] == 2
