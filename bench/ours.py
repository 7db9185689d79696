"""Davy as a contender: `davy run` with all its rooms, and dangers that are reported beside."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import text

from bench import company
from bench.terms import SECRET, TOKEN, Running

WARM_UP = 5
"""Dangers that are reported before the clock runs: a new process compiles its statements with the first."""


@contextlib.asynccontextmanager
async def davy(given: argparse.Namespace) -> AsyncIterator[Any]:
    """`davy run`, with all its rooms, as `bot.app` and `bot.serving` put it together."""

    from bot import logs, serving
    from bot.app import House
    from bot.learning.ticks import settle_answers
    from bot.settings import Settings
    from bot.web import app as web

    logs.configure("ERROR")
    folder = Path(tempfile.mkdtemp(prefix="davy-bench-"))
    settings = Settings(
        _env_file=None, bot_token=TOKEN, bot_api_url=given.api, database_url=given.database, data_dir=folder,
        secret_key="a bench's secret that is long enough", webhook_secret=SECRET,
        updates="webhook" if given.webhook else "polling", webhook_url="http://127.0.0.1",
        rate_per_second=given.rate, rate_per_chat=30 if given.shown else 1,
    )  # type: ignore[call-arg]  # fmt: skip
    house = House(settings)
    server, serving_task = await serving.serve(web.build(house), serving.listen("127.0.0.1", given.webhook))
    await house.start()
    committed: list[float] = []
    signals = note_signals(house) if given.live else {}
    if given.muster:
        await at_rest(house)
    units = await teams(house, given.hazards + WARM_UP) if given.hazards else []
    cold = await warm_up(house, units) if units else 0.0

    async def finish() -> dict[str, Any]:
        """Memory takes in what was answered, by the room's own tick, as half a minute later."""
        begun = time.perf_counter()
        while await house.writer.in_transaction(settle_answers, house.clock.now() + timedelta(minutes=1)):
            pass
        took = time.perf_counter() - begun
        with house.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                assert connection.scalar(text("PRAGMA synchronous")) == 2
            else:
                assert connection.scalar(text("SHOW synchronous_commit")) == "on"
                assert connection.scalar(text("SHOW fsync")) == "on"
            count = {
                "answers": "SELECT count(*) FROM answer WHERE state = 'settled'",
                "memories": "SELECT count(*) FROM memory WHERE reps > 1 OR lapses > 0 OR reviewed_at >= :since",
                "facts": "SELECT count(*) FROM fact WHERE kind = 'QuestionAnswered'",
                "queued": "SELECT count(*) FROM outbox WHERE method = 'edit'",
                "parked": "SELECT count(*) FROM parked",
            }
            since = {"since": (house.clock.now() - timedelta(hours=1)).replace(tzinfo=None)}
            rows = {
                name: connection.scalar(text(query), since if ":since" in query else {})
                for name, query in count.items()
            }
        rss = psutil.Process().memory_info().rss
        return {
            "settling_s": took,
            "groups": house.writer.groups,
            "rss": rss,
            "committed": committed,
            "cold": cold,
            "live": signals,
            **rows,
            "muster": await house.writer.in_transaction(mustered) if given.muster else {},
        }

    work = partial(begin_muster, house, given.muster) if given.muster else None
    yield Running(finish, work or (lambda: report(house, units[:-WARM_UP], given.over, committed)))
    await house.stop()
    server.should_exit = True
    await serving_task


def note_signals(house: Any) -> dict[int, float]:
    """When each change that the board of a muster shows was committed, by the number that its event bears."""
    found: dict[int, float] = {}
    live, changed = house.live, house.live.changed
    topics = live.topics("/desk/musters/1")

    def noted(names: Any) -> None:
        changed(names)
        found.setdefault(live._at(topics), time.monotonic())

    live.changed = noted
    return found


async def at_rest(house: Any, patience: float = 90) -> None:
    """Until the chores of a house's first minute are done: what is measured is a house in the middle of its day.

    Raises TimeoutError where they take longer than `patience` seconds.
    """
    query = text(
        """SELECT (SELECT count(*) FROM schedule_run WHERE state = 'running')
                + (SELECT count(*) FROM job WHERE state = 'waiting' AND run_at <= :now)
                + (SELECT count(*) FROM outbox WHERE settled_at IS NULL AND not_before <= :now)"""
    )
    still = 0
    async with asyncio.timeout(patience):
        while still < 5:
            now = house.clock.now()
            with house.engine.connect() as connection:
                sqlite = connection.dialect.name == "sqlite"
                left = connection.scalar(query, {"now": now.replace(tzinfo=None).isoformat(" ") if sqlite else now})
            still = 0 if left else still + 1
            await asyncio.sleep(0.5)


async def begin_muster(house: Any, by: int) -> None:
    """Somebody starts a muster of everybody and gets its board."""
    from bot.delivery import outbox
    from bot.emergencies.muster import actions, showing
    from bot.people import store as people

    def start(session: Any, now: Any) -> None:
        viewer = people.viewer(session, by, now)
        found = actions.start(session, viewer, people.units(session)[0].id, False, True, now)
        outbox.send(session, outbox.to_person(by), showing.board(session, found, {}, now), outbox.Lane.ALERT, now)

    await house.writer.in_transaction(start, house.clock.now())


def mustered(session: Any) -> dict[str, int]:
    """The counts of the muster at the end."""
    from bot.emergencies.muster import showing, store

    return showing.as_json(store.total(store.by_unit(session, 1)))


async def report(house: Any, units: list[Any], over: float, committed: list[float]) -> None:
    """A danger in each of these teams in `over` seconds; notes when each was committed, in the writer's thread."""
    rng, count = random.Random(7), len(units)
    committed[:] = [0.0] * count
    begun = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, begun + (number + rng.random() * 0.5) * over / count - time.perf_counter()))
        _report(house, units, number).add_done_callback(partial(_note, committed, number))


async def warm_up(house: Any, units: list[Any]) -> float:
    """Dangers in the last teams, which are not measured. How long the first of a new process took to commit, in ms."""
    took = []
    for number in range(len(units) - WARM_UP, len(units)):
        begun = time.perf_counter()
        await asyncio.wrap_future(_report(house, units, number))
        took.append(1000 * (time.perf_counter() - begun))
    return took[0]


async def teams(house: Any, count: int) -> list[Any]:
    """The first teams. Read before the clock runs: one by one they would hold the writer up."""
    from bot.people import store as people

    found: list[Any] = await house.writer.in_transaction(
        lambda session: [people.unit(session, n) for n in company.teams(session)[:count]]
    )
    return found


def _report(house: Any, units: list[Any], number: int) -> Any:
    """Hands a danger in, by somebody of the team."""
    from bot.hazards.actions import report_hazard
    from bot.hazards.model import Report, Urgency

    unit = units[number]
    words = Report(f"{number:032x}", unit.id, unit.path, urgency=Urgency.NOW, words=f"Danger number {number}")
    return house.writer.submit(report_hazard, words, number * company.TEAM + company.TEAM // 2, house.clock.now())


def _note(committed: list[float], number: int, done: Any) -> None:
    done.result()
    committed[number] = time.perf_counter()
