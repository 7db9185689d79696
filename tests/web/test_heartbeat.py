"""A monitor outside hears from a house that is well, and nothing from one whose writer hangs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import pytest
from aiohttp import web

from bot.web.heartbeat import Heartbeat
from tests.flows.house import story


@asynccontextmanager
async def monitor(status: int = 200) -> AsyncIterator[tuple[str, list[str]]]:
    """Its address, and what it has heard."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(request.path)
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/ping", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}/ping", heard
    await runner.cleanup()


async def test_a_house_that_is_well_beats_and_one_that_hangs_does_not(database_url: str, tmp_path: Path) -> None:
    """While the writer stands still no beat comes; afterwards it goes on by itself."""
    async with monitor() as (url, heard), story(database_url, tmp_path, rooms=()) as s:
        heart = Heartbeat(s.house, url)
        await heart.beat()
        assert (heard, heart.beats) == (["/ping"], 1)
        free = Event()
        stuck = asyncio.create_task(s.house.writer.in_transaction(lambda session: free.wait(20) and None))
        await asyncio.sleep(0.1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(heart.beat(), 1)
        assert heart.beats == 1
        free.set()
        await stuck
        await heart.beat()
        assert heart.beats == 2


async def test_a_monitor_that_is_away_disturbs_nothing(database_url: str, tmp_path: Path) -> None:
    """Nobody listens; somebody refuses."""
    async with monitor(500) as (url, _), story(database_url, tmp_path, rooms=()) as s:
        for each in (url, "http://127.0.0.1:9/ping"):
            heart = Heartbeat(s.house, each)
            await heart.beat()
            assert heart.beats == 0
