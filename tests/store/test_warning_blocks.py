"""What is kept of the counted days gives the same index as counting all anew, whenever it was made."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.features import rooms
from bot.hazards.model import OVERDUE
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.risks.warning import blocks, store
from bot.risks.warning import company as weights
from bot.risks.warning.tables import RiskBlockRow
from tests.store.conftest import NOON, Crew


@pytest.fixture
def unit(writer: Writer, crew: Crew) -> int:
    """Where something is overdue every seven hours for 100 days."""
    weights.configure(None, {kind.name for room in rooms() for kind in room.facts})

    def fill(session: Session) -> int:
        who = people.person(session, crew.worker, NOON)
        assert who is not None
        for nth in range(340):
            at = NOON - timedelta(hours=7 * nth)
            body = {"hazard": nth, "unit": who.unit, "severity": 3}
            record(session, Fact(OVERDUE, f"overdue:{nth}", at, unit=who.unit, body=body), at)
        return who.unit

    return writer.run(fill)  # type: ignore[no-any-return]


def overdue(writer: Writer, now: datetime) -> tuple[dict[int, int], dict[int, int]]:
    """By unit: from the blocks, and counted anew."""

    def read(session: Session) -> tuple[dict[int, int], dict[int, int]]:
        signals = weights.weights().signals
        at = next(n for n, each in enumerate(signals) if each.fact == OVERDUE.name)
        since = now - timedelta(days=weights.weights().days)
        kept = blocks.counts(session, weights.weights(), now)[at]
        anew = store.plain(session, signals[at], since, now)
        return {unit: each.n for unit, each in kept.items()}, {unit: each.n for unit, each in anew.items()}

    return writer.run(read)  # type: ignore[no-any-return]


def gather(writer: Writer, now: datetime) -> None:
    """As the job does."""
    do = blocks.Gathered()
    writer.run(lambda session: do(session, do.look(session, {}, now), now))


@pytest.mark.parametrize("hours", [0, 1, 23, 24, 100, 24 * 29, 24 * 45])
def test_the_sum_is_the_same_whenever_the_block_was_made(writer: Writer, unit: int, hours: int) -> None:
    """Just now, yesterday, a month ago, and so long ago that it lies outside."""
    gather(writer, NOON - timedelta(hours=hours))
    kept, anew = overdue(writer, NOON)
    assert kept == anew
    assert anew[unit] > 50


def test_the_block_is_what_is_read(writer: Writer, unit: int) -> None:
    """The sabotage: what is kept is changed, and the sum with it."""
    gather(writer, NOON)

    def spoil(session: Session) -> None:
        session.execute(update(RiskBlockRow).values(counts=[[unit, 1000]]))

    writer.run(spoil)
    kept, anew = overdue(writer, NOON)
    assert kept[unit] > anew[unit] + 500


def test_a_fact_that_is_noted_late_still_counts(writer: Writer, unit: int) -> None:
    """Six hours ago it was overdue, and only now does the ledger hear."""
    gather(writer, NOON)
    before, _ = overdue(writer, NOON)

    def late(session: Session) -> None:
        body = {"hazard": 9_999, "unit": unit, "severity": 3}
        record(session, Fact(OVERDUE, "overdue:late", NOON - timedelta(hours=6), unit=unit, body=body), NOON)

    writer.run(late)
    kept, anew = overdue(writer, NOON)
    assert kept == anew
    assert kept[unit] == before[unit] + 1


def test_other_weights_have_other_blocks(writer: Writer, unit: int) -> None:
    """What the file no longer counts is kept no longer."""
    gather(writer, NOON)

    def rename(session: Session) -> None:
        session.add(RiskBlockRow(signal="old", since=NOON, until=NOON, counts=[]))

    writer.run(rename)
    gather(writer, NOON)
    assert "old" not in writer.run(lambda session: session.scalars(select(RiskBlockRow.signal)).all())
