"""Several replicas on one PostgreSQL: who does what, who is woken, and what a lost connection costs."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.db import engine as engines
from bot.db.bells import Bells
from bot.db.engine import address, connect, is_gone
from bot.db.locking import made_once
from bot.db.writer import Writer
from bot.delivery import downloads, leases, replicas
from bot.delivery.leading import POLLERS, Leading, for_ever, take_over
from bot.delivery.tables import IntakeRow
from bot.delivery.working import Worker
from bot.kit.clock import SystemClock
from bot.kit.room import Tick
from tests.store.conftest import NOON


@pytest.fixture
def url(make_database_url: Any) -> str:
    """A database of PostgreSQL."""
    return str(make_database_url("postgresql"))


@pytest.fixture
def two(url: str) -> Iterator[list[Writer]]:
    """The writers of two replicas."""
    made = [connect(url), connect(url)]
    writers = [Writer(each) for each in made]
    yield writers
    for writer, each in zip(writers, made, strict=True):
        writer.stop()
        each.dispose()


def test_a_unit_whose_connection_is_lost_runs_again_whole(two: list[Writer], url: str) -> None:
    """Its session is ended in the middle of it, as by a primary that goes: it is done once, and the loss is counted."""
    runs = []

    def work(session: Session) -> int:
        session.execute(text("CREATE TABLE IF NOT EXISTS effect (number INTEGER)"))
        session.execute(text("INSERT INTO effect VALUES (1)"))
        runs.append(session.scalar(text("SELECT pg_backend_pid()")))
        if len(runs) == 1:
            with psycopg.connect(url) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (runs[0],))
        return int(session.scalar(text("SELECT count(*) FROM effect")) or 0)

    assert two[0].run(work) == 1
    assert len(runs) == 2
    assert two[0].lost == 1


def test_work_waits_for_a_primary_and_is_done_once_there_is_one(two: list[Writer], url: str) -> None:
    """Nobody lets in for a second: nothing is refused, nothing is lost."""
    name = str(address(url).database)
    admin = url.replace(f"/{name}?", "/postgres?")
    two[0].run(lambda s: s.execute(text("CREATE TABLE effect (number INTEGER PRIMARY KEY)")) and None)
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        asked = [two[0].submit(_note, number) for number in range(20)]
        time.sleep(1)
        assert not any(each.done() for each in asked)
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert [each.result(10) for each in asked] == list(range(20))


def test_who_is_to_end_does_not_wait_for_a_primary(url: str) -> None:
    """The work is given up with its error; Telegram and the database know what was not done."""
    engine = connect(f"{url}-that-is-gone")
    writer = Writer(engine)
    asked = writer.submit(_note, 1)
    time.sleep(0.5)
    assert not asked.done()
    writer.waits = False
    with pytest.raises(Exception, match="that-is-gone"):
        asked.result(3)
    writer.stop()
    engine.dispose()


def _note(session: Session, number: int) -> int:
    session.execute(text("INSERT INTO effect VALUES (:number)"), {"number": number})
    return number


def test_whoever_stands_still_in_a_transaction_holds_up_the_others_for_seconds_only(
    two: list[Writer], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """Its session is ended; when it wakes its work is undone and runs again, and the lease is not its own any more."""
    monkeypatch.setattr(engines, "IDLE_IN_TRANSACTION_MS", 500)
    engine = connect(url)
    paused = Writer(engine)
    inside, answers = threading.Event(), []

    def stands_still(session: Session) -> None:
        answers.append(leases.take(session, "ticks", "paused"))
        if not inside.is_set():
            inside.set()
            time.sleep(2.0)
            session.execute(text("SELECT 1"))

    asked = paused.submit(stands_still)
    assert inside.wait(5)
    began = time.monotonic()
    while two[0].run(leases.take, "ticks", "awake") is None:
        assert time.monotonic() - began < 10
        time.sleep(0.05)
    assert time.monotonic() - began < 1.9, "it waited for the one that stands still"
    asked.result(10)
    assert answers == [1, None]
    paused.stop()
    engine.dispose()


def test_only_one_replica_runs_the_ticks(two: list[Writer]) -> None:
    """Both are asked; the second finds that it is not its turn, and takes over once the first gives way."""
    ran: list[str] = []
    workers = []
    for name, writer in zip("ab", two, strict=True):
        tick = Tick("count", lambda _session, _now, name=name: ran.append(name), 1)
        workers.append((Worker(writer, None, SystemClock(), {}, (tick,)), tick))  # type: ignore[arg-type]

    async def story() -> None:
        for worker, tick in (*workers, *workers):
            await worker.tick(tick)
        assert ran == ["a", "a"]
        await workers[0][0].stop()
        for worker, tick in reversed(workers):
            await worker.tick(tick)

    asyncio.run(story())
    assert ran == ["a", "a", "b"]


async def test_a_lease_that_is_lost_ends_the_work_and_another_takes_it_up(two: list[Writer]) -> None:
    """The work of the first is cancelled, that of the second begins."""
    one, other = Leading(two[0], "poll", "one"), Leading(two[1], "poll", "other")
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await for_ever()
        finally:
            ended.set()

    tasks = [asyncio.create_task(one.run(work))]
    while not one.leads:
        await asyncio.sleep(0.01)
    two[1].run(lambda s: s.execute(text("UPDATE lease SET until = 1, holder = 'gone' WHERE name = 'poll'")) and None)
    tasks.append(asyncio.create_task(other.run(for_ever)))
    async with asyncio.timeout(10):
        await ended.wait()
        while not (one.leads or other.leads):
            await asyncio.sleep(0.01)
    assert not (one.leads and other.leads)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_the_next_poller_is_careful_with_what_the_last_one_went_down_on(writer: Writer) -> None:
    """The ranges of others become its own; a clean end leaves none."""
    rows = {"a": (10, 20), "b": (1, 0), "c": (15, 30)}
    for name, (low, high) in rows.items():
        writer.run(lambda s, row: s.add(row), IntakeRow(name=POLLERS + name, low=low, high=high))
    writer.run(lambda s: s.add(IntakeRow(name="hook", low=100, high=200)))
    writer.run(take_over, POLLERS + "b")
    found = {row.name: (row.low, row.high) for row in writer.run(lambda s: s.query(IntakeRow).all())}
    assert found == {POLLERS + "b": (10, 30), "hook": (100, 200)}


def test_a_file_is_fetched_by_one_replica(two: list[Writer]) -> None:
    """What one has taken another does not get, until it has had time enough."""
    two[0].run(downloads.want, "file-1", "job", {}, NOON)
    assert len(two[0].run(downloads.waiting, NOON)) == 1
    assert two[1].run(downloads.waiting, NOON) == []
    assert len(two[1].run(downloads.waiting, NOON + downloads.HOLD)) == 1


def test_a_bell_is_heard_by_the_others_at_once_and_not_by_oneself(url: str) -> None:
    """Also after the connection of the listener was lost."""
    made = [connect(url), connect(url)]
    heard: list[list[tuple[str, float]]] = [[], []]
    bells = [
        Bells(each, lambda name, mine=mine: mine.append((name, time.monotonic())))
        for each, mine in zip(made, heard, strict=True)
    ]
    for each in bells:
        each.start()
    try:
        for rounds in (1, 2):
            _wait(lambda: all(mine for mine in heard))  # each rings once when it begins to listen
            time.sleep(0.2)
            for mine in heard:
                mine.clear()
            began = time.monotonic()
            bells[0].tell("outbox")
            _wait(lambda: bool(heard[1]))
            assert heard[1][0][1] - began < 0.5
            assert heard[0] == []
            if rounds == 1:
                with psycopg.connect(url, autocommit=True) as server:
                    mine = "query LIKE 'LISTEN%%' AND datname = current_database()"
                    server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")
                heard[0].clear()
                heard[1].clear()
    finally:
        for each in bells:
            each.stop()
        for engine in made:
            engine.dispose()


def _wait(check: Any, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def test_those_that_start_together_make_one_file(tmp_path: Path) -> None:
    """Sixteen at once on an empty folder: all have the same secret, and nobody reads half of it."""
    barrier, found = threading.Barrier(16), []

    def start(number: int) -> None:
        barrier.wait()
        found.append(made_once(tmp_path / "new" / "secret.key", f"{number}" * 40))

    threads = [threading.Thread(target=start, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 16
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret.key"]
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o077 == 0


def test_replicas_know_one_another_and_must_be_alike(two: list[Writer], tmp_path: Path) -> None:
    """Another folder of files is told, another secret key is refused: what one seals the other could not open."""
    one = replicas.this("one", "a secret", tmp_path / "shared")
    assert two[0].run(replicas.join, one) == []
    assert two[1].run(replicas.join, replicas.this("other", "a secret", tmp_path / "shared")) == []
    told = two[1].run(replicas.join, replicas.this("other", "a secret", tmp_path / "own"))
    assert len(told) == 1
    assert "DAVY_DATA_DIR" in told[0]
    with pytest.raises(replicas.Unlike, match="replica one, other has another secret key"):
        two[1].run(replicas.join, replicas.this("third", "another secret", tmp_path / "shared"))
    two[0].run(replicas.leave, "other")
    assert [each.name for each in two[0].run(replicas.alive)] == ["one"]
    two[0].run(lambda s: s.execute(text("UPDATE replica SET seen = seen - 60")) and None)
    assert two[0].run(replicas.alive) == []


def test_only_a_lost_postgresql_is_waited_for(writer: Writer) -> None:
    """A mistake in a statement is an error at once, on both engines."""
    began = time.monotonic()
    with pytest.raises(Exception, match="nowhere") as raised:
        writer.run(lambda s: s.execute(text("SELECT * FROM nowhere")) and None)
    assert not is_gone(raised.value)
    assert time.monotonic() - began < 5
