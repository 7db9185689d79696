"""Stock never goes below none, money adds up exactly, and what training costs is a sum of minutes: on both engines."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.kit.errors import Refused
from bot.learning.courses.model import COURSE_COMPLETED
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import store as people
from bot.people.model import Role
from bot.resources.budget import actions as budget
from bot.resources.budget import store as lines
from bot.resources.budget.model import Heading
from bot.resources.budget.tables import BudgetAlarmRow
from bot.resources.costs import store as costs
from bot.resources.equipment import actions, stocking, store
from bot.resources.equipment.model import Item, State
from bot.resources.equipment.tables import EquipmentItemRow, EquipmentPieceRow, EquipmentRequestRow, EquipmentStockRow
from tests.store.conftest import NOON, Crew

BOXES = itertools.count()
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("ask", "hand", "sign", "nogot", "damaged", "more", "refuse")), st.sampled_from(("M", "L"))
    ),
    max_size=30,
)


def helmet(session: Session, crew: Crew, stock: dict[str, int], code: str = "helmet") -> Item:
    """A kind of helmet in the store of the site, kept by its supervisor."""
    made = Item(0, code, crew.site.id, crew.site.path, {"en": "Helmet"}, tuple(stock), crew.supervisor, 30, 400, 0)
    found = store.item(session, stocking.put_item(session, crew.manager, made, stock, NOON))
    assert found is not None
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_stock_never_goes_below_none_and_every_piece_is_somewhere(writer: Writer, crew: Crew, steps: Any) -> None:
    """Whatever is asked, handed out, signed for, not got: what came in is in stock, on its way, or signed for."""

    def play(session: Session) -> None:
        for table in (EquipmentPieceRow, EquipmentRequestRow, EquipmentStockRow, EquipmentItemRow):
            session.query(table).delete()
        item, came = helmet(session, crew, {"M": 1, "L": 2}), 3
        for at, (what, size) in enumerate(steps):
            came += _step(session, crew, item, what, size, at)
            left = store.stock(session, [item.id])[item.id]
            assert min(left.values()) >= 0
            states = list(session.scalars(select(EquipmentRequestRow.state)))
            pieces = len(session.scalars(select(EquipmentPieceRow.id)).all())
            assert sum(left.values()) + states.count(State.HANDED.value) + pieces == came

    writer.run(play)


def _step(session: Session, crew: Crew, item: Item, what: str, size: str, at: int) -> int:
    """One of the things that people do; answers how many new pieces came. What is refused changes nothing."""
    latest = session.scalars(select(EquipmentRequestRow).order_by(EquipmentRequestRow.id.desc())).first()
    number = latest.id if latest is not None else 0
    held = store.pieces(session, crew.worker)
    try:
        with session.begin_nested():
            if what == "ask":
                actions.ask(session, crew.worker, item.id, size, NOON)
            elif what == "hand":
                actions.hand_over(session, crew.supervisor, number, NOON)
            elif what == "sign":
                actions.sign(session, crew.worker, number, NOON)
            elif what == "nogot":
                actions.not_got(session, crew.worker, number, NOON + timedelta(seconds=at))
            elif what == "refuse":
                actions.refuse(session, crew.supervisor, number, "no", NOON)
            elif what == "damaged" and held:
                actions.report_damaged(session, crew.worker, held[-1].id, NOON)
            elif what == "more":
                stocking.take_in(session, crew.supervisor, f"box:{next(BOXES)}", item.id, size, 1, NOON)
                return 1
    except Refused:
        pass
    return 0


def test_the_last_piece_is_taken_by_one_of_two_who_press_at_once(engine: Engine, writer: Writer, crew: Crew) -> None:
    """Two sessions, one piece: one gets it, the other is refused; the column itself refuses less than none."""
    item = writer.run(lambda session: helmet(session, crew, {"M": 1}))
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def take() -> None:
        with Session(engine) as session:
            gate.wait()
            try:
                with session.begin():
                    stocking.take(session, item, "M", NOON, crew.supervisor)
                outcomes.append("got")
            except Refused:
                outcomes.append("none")

    threads = [threading.Thread(target=take) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["got", "none"]
    with pytest.raises(IntegrityError), Session(engine) as session, session.begin():
        session.execute(update(EquipmentStockRow).values(count=-1))


def test_taking_in_the_same_twice_counts_once(writer: Writer, crew: Crew) -> None:
    """A message that Telegram delivers again brings no second box of helmets."""

    def play(session: Session) -> int:
        item = helmet(session, crew, {"M": 1})
        stocking.take_in(session, crew.supervisor, "k", item.id, "M", 5, NOON)
        return stocking.take_in(session, crew.supervisor, "k", item.id, "M", 5, NOON)

    assert writer.run(play) == 6


def test_two_bookings_at_once_do_not_miss_the_share_that_they_reach_together(
    engine: Engine, writer: Writer, crew: Crew
) -> None:
    """Each alone stays below 80 %; the second reads what the first wrote, so the alert comes, once."""
    line = writer.run(
        lambda session: budget.plan(session, crew.manager, crew.site.id, 2026, Heading.TRAINING, "JPY", 1000, NOON)
    )
    gate = threading.Barrier(2)

    def pay(key: str) -> None:
        gate.wait()
        with Session(engine) as session, session.begin():
            budget.book(session, crew.manager, key, line.id, 450, "x", NOON)

    threads = [threading.Thread(target=pay, args=(key,)) for key in "ab"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with Session(engine) as session:
        assert lines.figures(session, [line])[line.id].actual == 900
        assert list(session.scalars(select(BudgetAlarmRow.share))) == [80]


def test_nobody_raises_their_own_limit_and_large_amounts_stay_exact(writer: Writer, crew: Crew) -> None:
    """A manager sets those of lower ranks only; a sum that a float would round stays as it is."""

    def play(session: Session) -> int:
        with pytest.raises(Refused):
            budget.set_limit(session, crew.manager, crew.site.id, Role.MANAGER, "USD", 10, NOON)
        budget.set_limit(session, crew.manager, crew.site.id, Role.SUPERVISOR, "USD", 10, NOON)
        line = budget.plan(session, crew.manager, crew.site.id, 2026, Heading.OTHER, "USD", 10**15 - 1, NOON)
        for key in range(3):
            budget.book(session, crew.manager, f"b{key}", line.id, 9_007_199_254_740_993 // 10, "x", NOON)
        return lines.figures(session, [line])[line.id].actual

    assert writer.run(play) == 3 * (9_007_199_254_740_993 // 10)


def test_what_training_and_drills_cost_is_minutes_at_the_rate_of_the_post_and_what_was_booked(
    writer: Writer, crew: Crew
) -> None:
    """90 minutes of a worker at 30.00 an hour, a drill of 10 minutes with two people, 25.00 booked; a real alarm costs nothing."""
    answered = FactKind("MusterAnswered", 1, ("muster", "real", "seconds"), "")
    ended = FactKind("MusterEnded", 1, ("muster", "real", "minutes"), "")

    def play(session: Session) -> Any:
        who = people.person(session, crew.worker, NOON)
        assert who is not None
        budget.set_rate(session, crew.manager, crew.site.id, who.post, "USD", 30_00, NOON)
        line = budget.plan(session, crew.manager, crew.site.id, 2026, Heading.TRAINING, "USD", 1000_00, NOON)
        budget.book(session, crew.manager, "book", line.id, 25_00, "Trainer", NOON)
        body = {"course": 1, "version": 1, "minutes": 90, "late": 0}
        record(session, Fact(COURSE_COMPLETED, "c", NOON, crew.worker, body=body), NOON)
        for muster, real in ((1, False), (2, True)):
            for person in (crew.worker, crew.supervisor):
                body = {"muster": muster, "real": real, "seconds": 5}
                record(session, Fact(answered, f"a{muster}:{person}", NOON, person, body=body), NOON)
            body = {"muster": muster, "real": real, "minutes": 10}
            record(session, Fact(ended, f"e{muster}", NOON, unit=crew.site.id, body=body), NOON)
        early = NOON - timedelta(days=400)
        record(session, Fact(COURSE_COMPLETED, "old", early, crew.worker, body={"minutes": 600}), NOON)
        found = costs.spent(session, costs.units(session, (crew.site.path,), 10), 2026)
        return found[crew.site.id], found[crew.team.id]

    site, team = writer.run(play)
    assert (site.training, site.drills) == (90, 20)
    assert site.booked == {"USD": 25_00}
    assert team.booked == {}
    rated = site.minutes - site.unrated
    assert site.time == {"USD": rated * 30_00 // 60}


def test_a_year_is_the_calendar_year(writer: Writer, crew: Crew) -> None:
    """Nothing of the day before it, all of its last day."""

    def play(session: Session) -> int:
        for key, at in (("a", datetime(2025, 12, 31, 23, tzinfo=UTC)), ("b", datetime(2026, 12, 31, 23, tzinfo=UTC))):
            record(session, Fact(COURSE_COMPLETED, key, at, crew.worker, body={"minutes": 60}), NOON)
        return costs.spent(session, costs.units(session, (crew.site.path,), 10), date(2026, 5, 5).year)[
            crew.site.id
        ].minutes

    assert writer.run(play) == 60
