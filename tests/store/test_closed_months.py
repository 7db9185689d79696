"""Months that are counted up say the same as their facts: for any period, zone and order in which things became known."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.assessment import counted, rules, store
from bot.assessment.model import Period
from bot.db.writer import Writer
from bot.hazards import model as hazards
from bot.kit.clock import instant
from bot.learning import model as lessons
from bot.ledger import closing
from bot.ledger.actions import record
from bot.ledger.bulk import record_all
from bot.ledger.model import Fact, FactKind
from bot.ledger.tables import ClosedMonthRow, PersonMonthRow
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.model import UnitKind
from bot.people.tables import LeaveRow, RosterRow
from tests.store.conftest import Crew

JULY, JUNE = date(2026, 7, 1), date(2026, 6, 1)
LATER = datetime(2026, 12, 31, tzinfo=UTC)
BEGAN = date(2026, 3, 1)
SPAN = 190
"""Days from the first of March on which something happens."""


def happen(session: Session, crew: Crew, seed: int) -> list[int]:
    """Six people of three zones are offered things for half a year; much is done late, lost, done although lost, or struck."""
    dice = random.Random(seed)
    who = [crew.worker, crew.supervisor]
    for number, zone in enumerate(("Asia/Shanghai", "America/New_York", "Europe/Madrid", "Asia/Kolkata")):
        site = people.add_unit(session, UnitKind.SITE, f"Works {number}", _company(session), BEGAN, zone=zone)
        who.append(people.add_person(session, f"Z-{number}", f"Bo {number}", "en", site, "worker", date(2026, 1, 1)))
    session.flush()
    facts = [fact for number in range(400) for fact in _story(dice, number, dice.choice(who))]
    units = {id: people_store.person(session, id, LATER) for id in who}
    placed = [Fact(f.kind, f.key, f.at, f.person, units[f.person].unit, "worker", f.body) for f in facts]  # type: ignore[index,union-attr]
    record_all(session, placed, LATER)
    for _ in range(150):
        on = BEGAN + timedelta(days=dice.randrange(SPAN))
        session.merge(RosterRow(person_id=dice.choice(who), on_date=on, shift=None))
    for id in who:
        begins = instant(BEGAN + timedelta(days=dice.randrange(SPAN)), time(7), "UTC")
        session.add(LeaveRow(person_id=id, starts_at=begins, ends_at=begins + timedelta(days=30)))
    return who


def _company(session: Session):  # type: ignore[no-untyped-def]
    return next(unit for unit in people_store.units(session) if unit.kind is UnitKind.COMPANY)


def _story(dice: random.Random, number: int, who: int) -> list[Fact]:
    """What becomes of one opportunity, often around the end of a month."""
    month_end = instant(date(2026, dice.randrange(4, 10), 1), time(), "UTC")
    near = month_end + timedelta(minutes=dice.randrange(-1800, 1800))
    anywhere = instant(BEGAN, time(), "UTC") + timedelta(minutes=dice.randrange(SPAN * 1440))
    at = dice.choice((near, anywhere))

    def later(most: int) -> datetime:
        return at + timedelta(minutes=dice.randrange(1, most * 1440))

    def fact(kind: FactKind, name: str, when: datetime, **body: object) -> Fact:
        return Fact(kind, f"{name}:{number}", when, who, body=body)

    if number % 7 == 0:
        return [
            fact(hazards.REPORTED, "hazard", at, hazard=number),
            fact(hazards.CONFIRMED, "confirmed", later(9), hazard=number),
        ]
    if number % 2:
        found = [fact(lessons.LESSON_ASSIGNED, "assigned", at, lesson="a", version=1)] if dice.random() < 0.9 else []
        if dice.random() < 0.7:
            found.append(fact(lessons.LESSON_READ, "read", later(dice.choice((1, 3, 45))), lesson="a", version=1))
        if dice.random() < 0.25:
            found.append(fact(lessons.NOT_DELIVERED, "undelivered", later(dice.choice((1, 4, 20)))))
        return found
    mode = dice.choice(("practice", "exam"))
    found = [fact(lessons.QUESTION_OFFERED, "offered", at, question="q", version=1, mode=mode)]
    if dice.random() < 0.8:
        answered = {"question": "q", "version": 1, "mode": mode, "first": True}
        right = {"right": dice.random() < 0.6} if mode == "exam" else {}
        when = later(dice.choice((1, 2)))
        found.append(fact(lessons.QUESTION_ANSWERED, "answered", when, **answered, **right))
        if mode == "exam" and dice.random() < 0.3:
            struck = when + timedelta(minutes=dice.randrange(1, 20 * 1440))
            found.append(fact(lessons.EXAM_ANSWER_STRUCK, "struck", struck, question="q", version=1))
    if dice.random() < 0.15:
        found.append(fact(lessons.QUESTION_NOT_DELIVERED, "unseen", later(20), question="q", version=1))
    return found


def periods(dice: random.Random) -> list[Period]:
    """Whole months, a whole half year, and days anywhere."""
    some = [
        Period(JULY, date(2026, 7, 31)),
        Period(BEGAN, date(2026, 8, 31)),
        Period(date(2026, 3, 15), date(2026, 8, 14)),
    ]
    for _ in range(3):
        first = BEGAN + timedelta(days=dice.randrange(SPAN))
        some.append(Period(first, first + timedelta(days=dice.randrange(1, 120))))
    return some


def close(session: Session, months: Sequence[int]) -> None:
    """Closes some months of the year."""
    for month in months:
        closing.close_whole(session, counted.COUNTED, date(2026, month, 1), LATER)


def differences(session: Session, some: Sequence[Period]) -> list[str]:
    """Periods for which the two ways differ, and in whose line."""
    found = []
    for period in some:
        plain = rules.lines(period, store.employed(session, period), store.happened(session, period))
        quick = counted.lines(session, period)
        found += [
            f"{period.starts} to {period.ends}: {count} of {one.badge} is {getattr(other, count)}, not {getattr(one, count)}"
            for one, other in zip(plain, quick, strict=True)
            for count in (each.name for each in fields(one))
            if getattr(one, count) != getattr(other, count)
        ]
    return found


@pytest.mark.parametrize("months", [(), (3, 4, 5, 6, 7, 8, 9), (4, 6, 7), (7,)], ids=["none", "all", "some", "one"])
@pytest.mark.parametrize("seed", [2])
def test_counted_up_months_say_the_same_as_facts(
    writer: Writer, crew: Crew, seed: int, months: tuple[int, ...]
) -> None:
    """Whatever is closed, for whole months and for days anywhere; the lines are not all empty."""
    writer.run(happen, crew, seed)
    writer.run(close, months)
    found = writer.run(differences, periods(random.Random(seed)))
    assert found == [], "\n".join(found)
    whole = writer.run(counted.lines, Period(BEGAN, date(2026, 9, 30)))
    sums = rules.totals(whole)
    for count in ("lessons_read", "lessons_excused", "lessons_also_read", "questions_excused", "exam_questions_right"):
        assert getattr(sums, count) > 0, f"the test looks at {count}"
    assert sums.exam_questions_right < sums.exam_questions_answered < sums.questions_answered


def test_a_month_is_closed_in_slices_some_days_after_its_end(
    writer: Writer, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third day of the month after at the earliest, person by person, and then nothing is left; the answer is the same."""
    monkeypatch.setattr(closing, "SLICE", 2)
    writer.run(happen, crew, 3)
    assert _close_all(writer, datetime(2026, 4, 3, 23, tzinfo=UTC)) == []
    assert _close_all(writer, datetime(2026, 4, 4, tzinfo=UTC)) == [BEGAN]
    months = _close_all(writer, datetime(2026, 9, 20, tzinfo=UTC))
    assert months == [date(2026, month, 1) for month in range(3, 9)]
    assert writer.run(differences, periods(random.Random(3))) == []


def _close_all(writer: Writer, now: datetime) -> list[date]:
    while writer.run(counted.close_month, now):
        pass
    return sorted(writer.run(closing.closed))


def test_a_fact_of_a_closed_month_opens_it_again(writer: Writer, crew: Crew) -> None:
    """What is read then is read from facts, until it is counted anew."""
    writer.run(happen, crew, 4)
    writer.run(close, (6, 7))
    read = Fact(
        lessons.LESSON_READ, "read:new", instant(date(2026, 7, 9), time(9), "UTC"), crew.worker, body={"lesson": "a"}
    )
    before = writer.run(counted.lines, Period(JULY, date(2026, 7, 31)), [crew.worker])[0]
    writer.run(record, read, LATER)
    assert writer.run(closing.closed) == {JUNE}
    after = writer.run(counted.lines, Period(JULY, date(2026, 7, 31)), [crew.worker])[0]
    assert after.lessons_also_read == before.lessons_also_read + 1
    _close_all(writer, LATER)
    assert writer.run(closing.closed) >= {JULY}
    assert writer.run(differences, periods(random.Random(4))) == []


def test_counting_a_month_up_again_gives_the_same(writer: Writer, crew: Crew) -> None:
    """What is kept is made from facts alone: thrown away and made anew it is equal, and nothing is there twice."""
    writer.run(happen, crew, 5)
    writer.run(close, (7, 7))
    first = writer.run(_kept)
    writer.run(
        lambda session: session.execute(delete(PersonMonthRow)) and session.execute(delete(ClosedMonthRow)) and None
    )
    writer.run(close, (7,))
    assert writer.run(_kept) == first
    assert len(first) == writer.run(lambda session: session.scalar(select(func.count()).select_from(PersonMonthRow)))


def _kept(session: Session) -> list[tuple[object, ...]]:
    row = PersonMonthRow
    query = select(row.pseudonym, row.what, row.offered, row.done, row.lost).order_by(row.pseudonym, row.what)
    return [tuple(each) for each in session.execute(query)]
