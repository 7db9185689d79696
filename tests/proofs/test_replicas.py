"""Three replicas: the one that leads stands still and wakes again. Nothing runs twice, nothing is lost."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proofs.counted import counted
from tests.proofs.several import Crowd, Verdict, crowd

STANDS_S = 60.0
RATE = 100.0
CHORES = 40


async def goes_on(c: Crowd, verdict: Verdict, stopped: float) -> None:
    """The others send, tick and handle updates again; how long after the stop is noted."""
    sent, asked = c.sent(), c.said
    done = c.count("SELECT count(*) FROM chore WHERE done")
    looks: dict[str, Callable[[], bool]] = {
        "sent again": lambda: c.sent() > sent,
        "ticked again": lambda: c.count("SELECT count(*) FROM chore WHERE done") > done,
        "updates handled again": lambda: c.count(f"SELECT count(*) FROM effect WHERE said = 'say {asked}'") > 0,
    }
    for what, look in looks.items():
        await c.until(look, 30)
        verdict.seconds[what] = time.monotonic() - stopped


async def leader_stands_still(database: str, folder: Path, stands: float, sabotage: str = "") -> Verdict:
    """Three replicas under load; the one that polls, ticks and sends is stopped for so long and woken in the middle of it."""
    verdict = Verdict()
    async with crowd(database, folder, rate=RATE) as c:
        await c.join("one", sabotage)
        await c.until(lambda: all(c.roles("one").values()), 30)
        await asyncio.gather(c.join("two", sabotage), c.join("three", sabotage))
        await asyncio.to_thread(c.push, int(RATE * (stands + 3)))
        talking = asyncio.create_task(c.talk(0.1))
        await c.until(lambda: c.sent() > c.said + 50, 30)
        c.add_chores(CHORES)
        await asyncio.sleep(0.5)
        c.members["one"].send_signal(signal.SIGSTOP)
        stopped = time.monotonic()
        verdict.in_flight = await asyncio.to_thread(c.count, "SELECT count(*) FROM outbox WHERE state = 'started'")
        await asyncio.sleep(0.3)  # what was on the wire has arrived
        if not sabotage:
            await goes_on(c, verdict, stopped)
        await asyncio.sleep(max(0.0, stands - (time.monotonic() - stopped)))
        c.add_chores(CHORES)
        c.members["one"].send_signal(signal.SIGCONT)
        await asyncio.sleep(2)
        talking.cancel()
        await c.finish(90)
        c.judge(verdict)
    return verdict


@pytest.mark.prove
@pytest.mark.timeout(600)
async def test_a_leader_that_stood_still_and_wakes_does_nothing_twice(
    make_database_url: Callable[[str], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 lost, 0 double runs, and at most the calls in flight are sent again; the others go on without it."""
    verdict = await leader_stands_still(make_database_url("postgresql"), tmp_path / "data", STANDS_S)
    with capsys.disabled():
        print(f"\n{verdict}")
    chores = 2 * CHORES
    counted(
        "the leading replica stands still and wakes: chores", chores, chores - verdict.chores_lost - verdict.done_twice
    )
    assert (verdict.updates_lost, verdict.messages_lost, verdict.chores_lost) == (0, 0, 0)
    assert verdict.done_twice == 0
    assert verdict.duplicates <= verdict.in_flight


@pytest.mark.prove
@pytest.mark.sabotage
@pytest.mark.timeout(600)
async def test_without_leases_the_replicas_do_everything_twice(
    make_database_url: Callable[[str], str], tmp_path: Path
) -> None:
    """The sabotage: each replica believes that it leads. Messages are not doubled by it: their marks are conditional updates."""
    verdict = await leader_stands_still(make_database_url("postgresql"), tmp_path / "data", 3.0, "no_lease")
    held = max(0, 2 * CHORES - verdict.done_twice)
    counted("the leading replica stands still and wakes: chores", 2 * CHORES, held, sabotaged=True)
    assert verdict.done_twice > 0
