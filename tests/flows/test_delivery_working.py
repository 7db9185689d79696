"""Jobs and downloads in the background: what fails, kills or takes long holds up nobody else."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.writer import Writer
from bot.delivery import downloads
from bot.delivery.tables import DownloadRow, ScheduleRunRow
from bot.delivery.working import Worker
from bot.kit.room import Room
from tests.flows.house import Story, story

NOON = datetime.fromisoformat("2026-11-18T12:00:00+00:00")


@pytest.fixture
def writer(database_url: str) -> Any:
    """The one writer."""
    from bot.db.engine import connect

    engine: Engine = connect(database_url)
    made = Writer(engine)
    yield made
    made.stop()
    engine.dispose()


def test_a_job_that_kills_the_process_is_given_up_after_a_few_starts(writer: Writer) -> None:
    """It is counted before the work: each start that finds it again counts, and no start tries it for ever."""
    writer.run(jobs.enqueue, "killer", {}, key="killer", now=NOON)
    at = NOON
    for _ in range(jobs.TRIES):
        assert len(writer.run(jobs.due, at)) == 1  # taken, and then the process is gone
        at += timedelta(hours=1)
    assert writer.run(jobs.due, at) == []
    assert [job.kind for job in writer.run(jobs.exhausted, at)] == ["killer"]
    assert writer.run(lambda s: s.scalar(select(jobs.JobRow.state))) == "failed"


def test_what_was_taken_beside_the_killer_is_tried_alone_afterwards(writer: Writer) -> None:
    """Innocent jobs of the same handful get their turn by themselves, and are done."""
    for name in ("a", "killer", "b"):
        writer.run(jobs.enqueue, name, {}, key=name, now=NOON)
    assert len(writer.run(jobs.due, NOON)) == 3
    later = NOON + timedelta(hours=1)
    (first,) = writer.run(jobs.due, later)
    assert writer.run(jobs.finish, first, later)


def test_two_replicas_do_not_prepare_the_same_job(writer: Writer) -> None:
    """What one has taken, the other does not see."""
    writer.run(jobs.enqueue, "slow", {}, key="slow", now=NOON)
    assert len(writer.run(jobs.due, NOON)) == 1
    assert writer.run(jobs.due, NOON) == []


class Slow:
    """A job whose preparation takes as long as the test likes."""

    def __init__(self) -> None:
        self.gate = threading.Event()

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        self.gate.wait(10)
        return payload

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        session.add(ScheduleRunRow(key="slow", at=now))


def quick(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job that is done at once."""
    session.add(ScheduleRunRow(key="quick", at=now))


async def test_a_job_that_prepares_for_long_holds_up_no_other(make_database_url: Any, tmp_path: Path) -> None:
    """A big upload is checked while a danger climbs its ladder."""
    slow = Slow()
    rooms = (Room("working", jobs={"slow": slow, "quick": quick}),)
    async with story(make_database_url("sqlite"), tmp_path, rooms=rooms) as s:
        await s.db(jobs.enqueue, "slow", {}, key="slow", now=s.now)
        await asyncio.sleep(0.2)
        await s.db(jobs.enqueue, "quick", {}, key="quick", now=s.now)
        ends = time.monotonic() + 3
        while await done(s) != ["quick"]:
            assert time.monotonic() < ends
            await asyncio.sleep(0.02)
        slow.gate.set()
        await s.settle()
        assert await done(s) == ["quick", "slow"]


async def done(s: Story) -> list[str]:
    """What ran."""
    return list(await s.ask(lambda x: x.scalars(select(ScheduleRunRow.key).order_by(ScheduleRunRow.at)).all()))


async def test_a_file_that_cannot_be_fetched_holds_up_no_other(make_database_url: Any, tmp_path: Path) -> None:
    """Whatever is wrong with it; and a network that is down for a while costs nobody their file."""
    rooms = (Room("working", jobs={"quick": quick}),)
    async with story(make_database_url("sqlite"), tmp_path, rooms=rooms) as s:
        ana = await s.stranger("Ana")
        await s.says("Ana", "/start")
        await s.sends_file("Ana", "a.txt", b"first")
        await s.sends_file("Ana", "b.txt", b"second")
        sent = [m["document"]["file_id"] for m in await s.screen(ana) if "document" in m]
        call, broken = s.house.transport.call, [True]

        async def no_path(method: str, params: Any = None, *args: Any, **more: Any) -> Any:
            found = await call(method, params, *args, **more)
            if method == "getFile" and broken and params["file_id"] == sent[0]:
                del found["file_path"]
            return found

        s.house.transport.call = no_path  # type: ignore[method-assign]
        for file in sent:
            await s.db(downloads.want, file, "quick", {"words": "private"}, s.now, keep="file")
        await s.settle()
        assert await s.ask(states) == ["waiting", "done"]
        for _ in range(10):
            await s.house.worker.run_downloads()
        assert await s.ask(lambda x: x.scalar(select(DownloadRow.attempts).where(DownloadRow.state == "waiting"))) == 1
        broken.clear()
        await s.forward(minutes=2)
        assert await s.ask(states) == ["done", "done"]
        assert await s.ask(lambda x: x.scalars(select(DownloadRow.payload)).all()) == [{}, {}]


def states(session: Session) -> list[str]:
    """The states of all downloads."""
    return list(session.scalars(select(DownloadRow.state).order_by(DownloadRow.id)).all())


async def test_a_bell_that_rings_during_the_work_is_heard(make_database_url: Any, tmp_path: Path) -> None:
    """What is queued after the last look and before the rest waits no two seconds."""
    rooms = (Room("working", jobs={"quick": quick}),)
    async with story(make_database_url("sqlite"), tmp_path, rooms=rooms) as s:
        worker = Worker(s.house.writer, s.house.transport, s.house.clock, {"quick": quick}, ())
        worker._loop = asyncio.get_running_loop()
        looked = asyncio.Event()

        async def look_and_linger() -> int:
            looked.set()
            await asyncio.sleep(0.3)
            return 0

        task = asyncio.create_task(worker._on_bell("jobs", look_and_linger))
        await looked.wait()
        begun = time.monotonic()
        worker.bell("jobs")
        looked.clear()
        await asyncio.wait_for(looked.wait(), 5)
        task.cancel()
        assert time.monotonic() - begun < 1.5
