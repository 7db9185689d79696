"""An alert climbs when its time has come, after an absence one rung at a time, also when a press was lost meanwhile.

Each proof has a sabotage that must make it fail.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import House
from bot.features import _room
from tests.conftest import PROVING
from tests.flows.hazards_company import company
from tests.flows.house import Story, story
from tests.proofs.counted import SABOTAGED, counted

ROOMS = (_room("hazards"),)
RUNGS = (("Sam",), ("Tomasz",), ("Yusuf", "Grace"), ("Ada",))
WAIT = timedelta(minutes=10)
WITHIN = timedelta(seconds=5)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def danger(s: Story) -> None:
    """Everybody has a phone; Ana reports a danger; Sam is called."""
    for badge in ("W-1", "S-1", "M-1", "O-1", "M-2", "A-1"):
        await s.employee(badge)
    await s.says("Ana", "/report")
    await s.says("Ana", "A cable hangs into the water")
    await s.presses("Ana", "Send now")
    assert await called(s) == {"Sam"}


async def called(s: Story) -> set[str]:
    """Who has been sent the card since this was asked last."""
    return {name for rung in RUNGS for name in rung if "A cable hangs into the water" in "".join(await s.news(name))}


@pytest.mark.parametrize("sabotaged", SABOTAGED)
async def test_each_rung_is_called_within_five_seconds(make_database_url: Any, tmp_path: Path, sabotaged: bool) -> None:
    """Not a second early, not five late, by fast-forward. Sabotaged, the ladder waits a minute longer."""
    url = make_database_url("postgresql" if PROVING else "sqlite")
    async with story(url, tmp_path, rooms=ROOMS, prepare=company, ladder_minutes=11 if sabotaged else 10) as s:
        assert all(tick.seconds <= WITHIN.total_seconds() for tick in s.house.worker.ticks if "escalate" in tick.name)
        await danger(s)
        due, seen = s.now, []
        for rung in RUNGS[1:]:
            due += WAIT
            await s.until(due - timedelta(seconds=1))
            early = await called(s)
            await s.until(due + WITHIN)
            seen.append((early, await called(s) == set(rung)))
            due = s.now if sabotaged else due + WITHIN
    held = sum(1 for early, right in seen if right and not early)
    counted("nobody acknowledges an alert: rungs within five seconds", len(seen), held, sabotaged=sabotaged)
    assert all(right and not early for early, right in seen) is not sabotaged, seen


@pytest.fixture
async def absent(make_database_url: Any, tmp_path: Path) -> AsyncIterator[Story]:
    """A danger has been reported, Sam has been called, and Davy is gone."""
    async with story(make_database_url("sqlite"), tmp_path, rooms=ROOMS, prepare=company) as s:
        await danger(s)
        await s.house.stop()
        s.house.stop = _nothing  # type: ignore[method-assign]
        s.simulator.on_clock_moved.clear()
        yield s
        await s.house.stop()


async def _nothing() -> None:
    """It has been stopped already."""


async def back(s: Story) -> None:
    """Davy is there again, and does what is due."""
    s.house = House(s.house.settings, s.simulator.clock, ROOMS)
    await s.house.start()
    s.simulator.on_clock_moved.append(s.house.settle)
    await s.house.settle()


async def test_after_an_absence_one_rung_is_called(absent: Story) -> None:
    """Twelve minutes away: the rung that was missed is called now, the next after its own ten minutes."""
    s = absent
    await s.forward(minutes=12)
    await back(s)
    assert await called(s) == {"Tomasz"}
    await s.forward(minutes=9, seconds=50)
    assert await called(s) == set()
    await s.forward(seconds=15)
    assert await called(s) == {"Yusuf", "Grace"}


@pytest.mark.parametrize("sabotaged", SABOTAGED)
async def test_a_press_that_was_lost_stops_no_ladder(absent: Story, sabotaged: bool) -> None:
    """Telegram keeps a press for 150 s: Sam's never arrives. He is told to press again, the ladder goes on meanwhile, and then

    the button works. Sabotaged, Davy comes back while Telegram still has the press: then the ladder has stopped.
    """
    s = absent
    message, key = await s.button("Sam", "Acknowledge")
    chat = {"from": s.chat("Sam"), "chat": s.chat("Sam"), "message_id": message["message_id"]}
    await s.post("/sim/presses", chat | {"data": key["callback_data"]})
    await s.forward(seconds=60 if sabotaged else 200)
    await back(s)
    told = [words for words in await s.news("Sam") if "press again" in words]
    assert len(told) == (0 if sabotaged else 1)
    await s.forward(minutes=10)
    climbed = await called(s) == {"Tomasz"}
    counted("a press on an alert is lost while the bot is away", 1, int(climbed), sabotaged=sabotaged)
    assert climbed is not sabotaged
    if not sabotaged:
        assert "from 18 Nov 09:05 to 18 Nov 09:08" in told[0]
        assert [words for words in await s.news("Tomasz") if "press again" in words] == []
        assert "Nobody else is alerted" in await s.presses("Sam", "Acknowledge")
        await s.forward(minutes=30)
        assert await called(s) == set()
