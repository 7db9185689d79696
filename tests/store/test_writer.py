"""The one writer under bad luck: what is cancelled, what fails, and what must not leak from one function to the next."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.db.once import table_of
from bot.db.writer import SLICE_S, Writer, WriterStopped, after_commit
from bot.delivery import schedules
from bot.delivery.tables import IntakeRow
from tests.store.conftest import NOON


class Held:
    """Holds the writer in a function, so that what is submitted meanwhile becomes one group."""

    def __init__(self, writer: Writer) -> None:
        self._gate, begun = threading.Event(), threading.Event()
        self._future = writer.submit(self._hold, begun)
        assert begun.wait(5)

    def _hold(self, session: Session, begun: threading.Event) -> None:
        begun.set()
        self._gate.wait(5)

    def let_go(self) -> None:
        """The group is run now."""
        self._gate.set()
        self._future.result(5)


def fail(session: Session) -> None:
    """A fault of a room."""
    raise ValueError("mine alone")


def test_what_was_cancelled_before_its_turn_is_not_run_and_does_no_harm(writer: Writer) -> None:
    """A task that is cancelled at a stop takes its work back; the thread that writes goes on."""
    held = Held(writer)
    failing = writer.submit(fail)
    taken_back = writer.submit(schedules.once, "run:taken-back", NOON)
    kept = writer.submit(schedules.once, "run:kept", NOON)
    assert failing.cancel()
    assert taken_back.cancel()
    held.let_go()
    assert kept.result(5) is True
    assert writer.submit(schedules.once, "run:taken-back", NOON).result(5) is True


def test_long_work_in_a_group_does_not_hold_up_what_is_done(writer: Writer) -> None:
    """A group is committed after SLICE_S with what is done: an alert waits behind one piece of work, not behind fifty."""

    def long(session: Session, number: int) -> int:
        time.sleep(SLICE_S * 1.5)
        schedules.once(session, f"run:long-{number}", NOON)
        return number

    held, groups = Held(writer), writer.groups
    work = [writer.submit(long, number) for number in range(4)]
    held.let_go()
    assert [each.result(5) for each in work] == [0, 1, 2, 3]
    assert writer.groups - groups == 1 + len(work)


def test_what_has_begun_cannot_be_taken_back(writer: Writer) -> None:
    """Its future says what became of it, whoever stopped waiting."""
    begun, gate = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        begun.set()
        gate.wait(5)
        raise ValueError("mine alone")

    future = writer.submit(slow)
    assert begun.wait(5)
    assert not future.cancel()
    gate.set()
    with pytest.raises(ValueError, match="mine alone"):
        future.result(5)
    assert writer.submit(schedules.once, "run:1", NOON).result(5) is True


def test_a_bell_that_cannot_be_rung_stops_nobody(writer: Writer) -> None:
    """The loop it belongs to may be closed."""

    def broken() -> None:
        raise RuntimeError("the loop is closed")

    writer.bells = {"outbox": broken}
    writer.submit(after_commit, "outbox").result(5)
    assert writer.submit(schedules.once, "run:1", NOON).result(5) is True


def test_only_what_was_committed_rings(writer: Writer) -> None:
    """A bell asked for by a function that then fails is not rung, its neighbour's is."""
    rung: list[str] = []
    writer.bells = {"jobs": lambda: rung.append("jobs"), "outbox": lambda: rung.append("outbox")}

    def ask_and_fail(session: Session) -> None:
        after_commit(session, "jobs")
        raise ValueError

    held = Held(writer)
    bad = writer.submit(ask_and_fail)
    writer.submit(after_commit, "outbox")
    held.let_go()
    assert isinstance(bad.exception(5), ValueError)
    writer.run(schedules.once, "run:1", NOON)
    assert rung == ["outbox"]


def test_a_function_does_not_see_what_an_earlier_one_of_the_group_had_in_hand(writer: Writer) -> None:
    """A row that is still held as an object was changed by a statement: the next function reads the change."""
    table = table_of(IntakeRow)
    writer.run(lambda s: s.add(IntakeRow(name="a", low=1, high=1)))
    held = Held(writer)
    first: Future[Any] = writer.submit(lambda s: s.get(IntakeRow, "a"))
    writer.submit(lambda s: s.execute(update(table).values(high=9)) and None)
    third = writer.submit(lambda s: s.get(IntakeRow, "a").high)  # type: ignore[union-attr]
    held.let_go()
    assert first.result(5).low == 1
    assert third.result(5) == 9


def test_an_error_that_a_function_swallows_is_not_taken_for_a_success(writer: Writer, engine: Engine) -> None:
    """PostgreSQL undoes all of a transaction in which a statement failed, and says nothing at COMMIT."""

    def swallow(session: Session) -> str:
        schedules.once(session, "run:swallowed", NOON)
        try:
            session.execute(text("SELECT * FROM no_such_table"))
        except DBAPIError:
            return "fine"
        return "?"

    held = Held(writer)
    good = writer.submit(schedules.once, "run:neighbour", NOON)
    bad = writer.submit(swallow)
    held.let_go()
    assert good.result(5) is True
    there = writer.run(lambda s: set(s.execute(text("SELECT key FROM schedule_run")).scalars()))
    assert "run:neighbour" in there
    assert ("run:swallowed" in there) == (bad.exception(5) is None)


def test_an_error_does_not_hold_what_people_wrote(writer: Writer) -> None:
    """Errors go to logs and to the parked updates: statements without their values."""

    def write(session: Session) -> None:
        session.execute(text("INSERT INTO no_such_table VALUES (:words)"), {"words": "my secret words"})

    with pytest.raises(DBAPIError) as caught:
        writer.run(write)
    assert "my secret words" not in str(caught.value)


def test_nothing_is_accepted_and_then_forgotten_while_the_writer_stops(engine: Engine) -> None:
    """Every future handed out has an end, or nothing was taken."""
    writer = Writer(engine)
    futures: list[Future[bool]] = []
    go = threading.Event()

    def submit_until_refused(name: int) -> None:
        go.wait(5)
        for number in range(10_000):
            try:
                futures.append(writer.submit(schedules.once, f"run:{name}:{number}", NOON))
            except WriterStopped:
                return

    threads = [threading.Thread(target=submit_until_refused, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    go.set()
    while len(futures) < 50:
        pass
    writer.stop()
    for thread in threads:
        thread.join()
    assert all(future.done() for future in futures)
    with Session(engine) as session:
        assert len(session.scalars(select(schedules.ScheduleRunRow)).all()) == len(futures)
