"""Participation of today that was counted up is what the ledger says at every moment, fact by fact."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.assessment import store, ticks, today
from bot.assessment.model import Tally
from bot.assessment.tables import ParticipationMarkRow, ParticipationTodayRow
from bot.db.writer import Writer
from bot.hazards import model as hazards
from bot.kit.clock import instant, local_date
from bot.learning import model as learning
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.ledger.tables import FactRow, PseudonymRow
from bot.people import actions as people
from bot.people.model import Unit, UnitKind
from bot.people.tables import LeaveRow, PersonRow, PlacementRow, UnitRow
from tests.store.conftest import NOON, Crew

KINDS: tuple[FactKind, ...] = (
    learning.LESSON_ASSIGNED, learning.REVIEW_ASSIGNED, learning.LESSON_READ, learning.QUESTION_ANSWERED,
    learning.NOT_DELIVERED, hazards.PRACTISED,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _as_in_a_large_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts are used however few the units, a few at a time, and the mark is moved on after a few facts."""
    monkeypatch.setattr(today, "FEW", 0)
    monkeypatch.setattr(today, "LATE", 7)
    monkeypatch.setattr(ticks, "SLICE", 2)


def plainly(session: Session, now: datetime) -> dict[int, Tally]:
    """What is to come out, from single facts."""
    zones = {row.id: row.zone for row in session.execute(select(UnitRow.id, UnitRow.zone))}
    person = {row.pseudonym: row.person_id for row in session.scalars(select(PseudonymRow))}
    away = {
        row.person_id
        for row in session.scalars(select(LeaveRow))
        if row.starts_at <= now and (row.ends_at is None or row.ends_at > now)
    }
    did: dict[tuple[int, str | None], set[str]] = defaultdict(set)
    for fact in session.scalars(select(FactRow)):
        if fact.unit_id and local_date(fact.at, zones[fact.unit_id]) == local_date(now, zones[fact.unit_id]):
            did[fact.unit_id, fact.pseudonym].add(fact.kind)
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * 6)
    for (unit, who), kinds in did.items():
        read, answered = learning.LESSON_READ.name in kinds, learning.QUESTION_ANSWERED.name in kinds
        offered = bool(kinds & {learning.LESSON_ASSIGNED.name, learning.REVIEW_ASSIGNED.name})
        if offered and (read or answered or person.get(who or "") not in away):
            lost = learning.NOT_DELIVERED.name in kinds and not (read or answered)
            each = (0, 1, read, answered, read or answered, lost)
            counts[unit] = [a + b for a, b in zip(counts[unit], each, strict=True)]
    on = now.date()
    placed = select(PlacementRow.unit_id, func.count()).join(PersonRow, PersonRow.id == PlacementRow.person_id)
    here = PlacementRow.ends_on.is_(None) | (PlacementRow.ends_on > on)
    placed = placed.where(PersonRow.left_on.is_(None), PlacementRow.starts_on <= on, here)
    for unit, count in session.execute(placed.group_by(PlacementRow.unit_id)):
        counts[unit][0] = count
    return {unit: Tally(*each) for unit, each in counts.items()}


def found(session: Session, now: datetime) -> dict[int, Tally]:
    """What a page shows."""
    return store.tallies(session, store.places(session, ["/"]), now)


def counted_up(writer: Writer, now: datetime) -> None:
    """Until nothing is left."""
    while writer.run(ticks.count_today, now):
        pass


def crowd(session: Session, crew: Crew) -> tuple[list[Unit], list[int]]:
    """Teams in two zones, and people in them."""
    units = [
        people.add_unit(session, UnitKind.TEAM, f"Team {n}", crew.site, date(2026, 1, 1), zone=zone)
        for n, zone in enumerate(("Asia/Shanghai", "America/Chicago", "Asia/Shanghai", "UTC"))
    ]
    who = [
        people.add_person(session, f"C-{n}", f"Person {n}", "en", units[n % 4], "worker", date(2026, 1, 1))
        for n in range(12)
    ]
    return units, who


def something(session: Session, draw: random.Random, who: list[int], units: list[Unit], n: int, now: datetime) -> None:
    """A fact of these days, of somebody or of nobody, or a leave."""
    at = now - timedelta(hours=draw.choice((0, 1, 5, 20, 30)))
    person = draw.choice((*who, None))
    if n % 6 == 5 and person is not None:
        session.add(LeaveRow(person_id=person, starts_at=at, ends_at=draw.choice((None, now + timedelta(hours=1)))))
        return
    unit = draw.choice(units).id if person is None or draw.random() < 0.2 else None
    record(session, Fact(draw.choice(KINDS), f"any:{n}", at, person, unit), now)


@pytest.mark.parametrize("seed", range(3))
def test_at_every_moment_it_is_what_the_ledger_says(writer: Writer, crew: Crew, seed: int) -> None:
    """Whatever happens in whatever order, counted up in between or not, over days and with a mark that moves on."""
    draw = random.Random(seed)
    units, who = writer.run(crowd, crew)
    now = NOON
    for n in range(70):
        writer.run(something, draw, who, units, n, now)
        if draw.random() < 0.3:
            writer.run(ticks.count_today, now)
        if draw.random() < 0.1:
            counted_up(writer, now)
        now += timedelta(minutes=draw.choice((1, 1, 1, 300)))
        assert writer.run(found, now) == writer.run(plainly, now)


def test_what_was_counted_is_not_counted_again(writer: Writer, crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the unit with a new fact is asked for in the ledger."""
    units, who = writer.run(crowd, crew)
    for n, person in enumerate(who):
        writer.run(record, Fact(learning.LESSON_ASSIGNED, f"a:{n}", NOON, person), NOON)
    counted_up(writer, NOON)
    asked: list[int] = []
    plain = today.counted

    def heard(session: Session, some: list[int], starts: datetime, ends: datetime) -> dict[int, today.Counts]:
        asked.extend(some)
        return plain(session, some, starts, ends)

    monkeypatch.setattr(today, "counted", heard)
    before = writer.run(found, NOON)
    assert asked == []
    writer.run(record, Fact(learning.LESSON_READ, "r:0", NOON, who[0]), NOON)
    after = writer.run(found, NOON)
    assert asked == [units[0].id]
    assert after[units[0].id].read == before[units[0].id].read + 1


@pytest.mark.parametrize("few", [0, today.FEW])
def test_people_are_counted_as_they_come_and_go(
    few: int, writer: Writer, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, whether many units are asked for or few."""
    monkeypatch.setattr(today, "FEW", few)
    units, who = writer.run(crowd, crew)
    here = units[1].id

    def there(session: Session) -> dict[int, int]:
        return today.at_work(session, [place for place in store.places(session, ["/"]) if place.id == here], NOON)

    assert writer.run(there) == {here: 3}
    writer.run(people.add_person, "C-new", "New", "en", units[1], "worker", date(2026, 1, 1))
    assert writer.run(there) == {here: 4}
    writer.run(people.leave_company, [who[1]], NOON.date(), NOON)
    assert writer.run(there) == {here: 3}
    assert writer.run(today.at_work, [], NOON) == {}


def test_a_day_begins_with_nothing(writer: Writer, crew: Crew) -> None:
    """Each unit's on its own calendar."""
    units, who = writer.run(crowd, crew)
    writer.run(record, Fact(learning.LESSON_ASSIGNED, "a", NOON, who[0]), NOON)
    counted_up(writer, NOON)
    midnight = instant(date(2026, 11, 19), time(), units[0].zone)
    assert writer.run(found, midnight - timedelta(seconds=1))[units[0].id].offered == 1
    assert writer.run(found, midnight)[units[0].id].offered == 0


def test_without_what_was_counted_up_the_ledger_is_asked(writer: Writer, crew: Crew) -> None:
    """In a house that has just been brought up to date."""
    _, who = writer.run(crowd, crew)
    writer.run(record, Fact(learning.LESSON_ASSIGNED, "a", NOON, who[0]), NOON)
    counted_up(writer, NOON)

    def forget(session: Session) -> None:
        for table in (ParticipationTodayRow, ParticipationMarkRow):
            session.execute(delete(table))

    before = writer.run(found, NOON)
    writer.run(forget)
    assert writer.run(found, NOON) == before
