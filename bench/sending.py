"""Messages a second of one process: ours from a durable outbox, against clients that keep nothing.

`python -m bench sending [--rounds 3] [--count 6000] [--only ptb-aiohttp,davy-sqlite]`

Each contender is a process of its own, set up as its documentation says; all send the same words to the same stand-in. A round
runs every contender once in each of two conditions, in turn; the table shows medians and ratios. Durability of ours is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

TOKEN = "4848:bench-token-bench-token-bench-token"
CONDITIONS = ((50, 0), (256, 50))
"""How many at once, and after how many milliseconds the stand-in answers."""
WARM_UP = 300
SLOW = 600
"""So few messages for the contender that needs a second for a hundred."""
Call = Callable[[int], Awaitable[object]]


# --- clients that keep nothing ---------------------------------------------------------------------------------------


async def bare(api: str, count: int, at_once: int) -> dict[str, float]:
    """The ceiling: aiohttp and nothing else."""
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as http:

        async def one(number: int) -> None:
            async with http.post(f"{api}/bot{TOKEN}/sendMessage", json={"chat_id": number, "text": "hello"}) as answer:
                await answer.json()

        return await _timed(one, count, at_once)


async def transport(api: str, count: int, at_once: int) -> dict[str, float]:
    """Our transport without an outbox."""
    from bot.delivery.transport import AiohttpRequest

    async with AiohttpRequest(TOKEN, api_url=api) as ours:
        return await _timed(lambda n: ours.call("sendMessage", {"chat_id": n, "text": "hello"}), count, at_once)


async def ptb(api: str, count: int, at_once: int) -> dict[str, float]:
    """python-telegram-bot on its own transport, with a pool as large as what is in flight."""
    from telegram import Bot
    from telegram.request import HTTPXRequest

    request = HTTPXRequest(connection_pool_size=at_once, pool_timeout=60)
    async with Bot(TOKEN, base_url=f"{api}/bot", request=request) as bot:
        return await _timed(lambda number: bot.send_message(number, "hello"), min(count, SLOW), at_once)


async def ptb_aiohttp(api: str, count: int, at_once: int) -> dict[str, float]:
    """python-telegram-bot on our transport."""
    from telegram import Bot

    from bot.delivery.transport import AiohttpRequest

    async with Bot(TOKEN, base_url=f"{api}/bot", request=AiohttpRequest()) as bot:
        return await _timed(lambda number: bot.send_message(number, "hello"), count, at_once)


async def aiogram(api: str, count: int, at_once: int) -> dict[str, float]:
    """aiogram with a pool as large as what is in flight."""
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api), limit=at_once))
    try:
        return await _timed(lambda number: bot.send_message(number, "hello"), count, at_once)
    finally:
        await bot.session.close()


async def _timed(one: Call, count: int, at_once: int) -> dict[str, float]:
    """Calls a second with so many at once, and the processor's milliseconds for each."""

    async def some(numbers: Any) -> None:
        for number in numbers:
            await one(number)

    async def together(count: int) -> None:
        numbers = iter(range(1, count + 1))
        await asyncio.gather(*(some(numbers) for _ in range(at_once)))

    await together(min(count, WARM_UP))
    gc.collect()
    begun, used = time.perf_counter(), time.process_time()
    await together(count)
    return _figures(count, begun, used)


def _figures(count: int, begun: float, used: float) -> dict[str, float]:
    return {
        "rate": count / (time.perf_counter() - begun),
        "processor": 1000 * (time.process_time() - used) / count,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


# --- ours ------------------------------------------------------------------------------------------------------------


async def davy(api: str, count: int, at_once: int, database: str) -> dict[str, float]:
    """The sender with the writer: every start and every end committed; no pace, so that the processor is the limit."""
    from sqlalchemy import text

    from bot import logs
    from bot.db.engine import connect
    from bot.db.migrate import upgrade
    from bot.db.writer import Writer
    from bot.delivery import limiter as limits
    from bot.delivery import seals
    from bot.delivery.calling import Caller
    from bot.delivery.limiter import Limiter
    from bot.delivery.outbox import Lane
    from bot.delivery.sender import Sender
    from bot.delivery.transport import AiohttpRequest
    from bot.kit.clock import SystemClock
    from bot.kit.seal import Seal

    logs.configure("ERROR")
    upgrade(database)
    seals.use(Seal("a bench's secret that is long enough"))
    engine = connect(database)
    writer = Writer(engine)
    clock = SystemClock()
    writer.run(fill, WARM_UP + count, clock.now())
    limits.FLIGHTS = (at_once,) * len(Lane)
    async with AiohttpRequest(TOKEN, api_url=api) as ours:
        sender = Sender(writer, Caller(ours, engine, Path("content")), Limiter(1e6, 1e6), clock)
        writer.bells = {"outbox": sender.bell}
        gc.collect()
        gc.freeze()
        running = asyncio.create_task(sender.run())
        while sender.sent < WARM_UP:
            await asyncio.sleep(0.001)
        before, begun, used = sender.sent, time.perf_counter(), time.process_time()
        while sender.sent < WARM_UP + count:
            await asyncio.sleep(0.005)
        figures = _figures(WARM_UP + count - before, begun, used)
        await sender.stop()
        await running
    assert writer.run(lambda s: s.scalar(text("SELECT count(*) FROM outbox WHERE state = 'sent'"))) == WARM_UP + count
    with engine.connect() as connection:
        if database.startswith("sqlite"):
            assert connection.scalar(text("PRAGMA synchronous")) == 2
        else:
            assert connection.scalar(text("SHOW synchronous_commit")) == "on"
            assert connection.scalar(text("SHOW fsync")) == "on"
    writer.run(lambda s: s.execute(text("DELETE FROM outbox")))
    writer.stop()
    engine.dispose()
    return figures


def fill(session: Any, count: int, now: Any) -> None:
    """Queues the same words to so many chats."""
    from bot.delivery import outbox
    from bot.delivery.outbox import Lane, to_chat
    from bot.kit.replies import Message
    from bot.kit.texts import text as say

    for number in range(count):
        outbox.send(session, to_chat(number + 1), Message(say("delivery.just", text="hello")), Lane.BULK, now)


# --- side by side ----------------------------------------------------------------------------------------------------

CONTENDERS: dict[str, tuple[str, Callable[..., Coroutine[Any, Any, dict[str, float]]]]] = {
    "bare": ("bare aiohttp: the ceiling", bare),
    "transport": ("our transport, nothing kept", transport),
    "ptb": ("python-telegram-bot, stock, nothing kept", ptb),
    "ptb-aiohttp": ("python-telegram-bot on aiohttp, nothing kept", ptb_aiohttp),
    "aiogram": ("aiogram, nothing kept", aiogram),
    "davy-sqlite": ("Davy, durable outbox, SQLite", davy),
    "davy-postgresql": ("Davy, durable outbox, PostgreSQL", davy),
}


def measure(given: argparse.Namespace) -> list[str]:
    """The table's lines."""
    from tests.postgres import running_postgres

    chosen = given.only.split(",") if given.only else list(CONTENDERS)
    results: dict[tuple[str, int], list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="davy-bench-") as folder, running_postgres(durable=True) as postgres:
        databases = {
            "davy-sqlite": f"sqlite:///{folder}/bench.sqlite3", "davy-postgresql": postgres.create_database("bench"),
        }  # fmt: skip
        for _ in range(given.rounds):
            for at_once, delay in CONDITIONS:
                for name in chosen:
                    found = _one(name, given.count, at_once, delay, databases.get(name))
                    print(f"  {name} {at_once} {delay}: {found['rate']:,.0f}", file=sys.stderr, flush=True)
                    results.setdefault((name, delay), []).append(found)
    return _table(chosen, results)


def _one(name: str, count: int, at_once: int, delay: int, database: str | None) -> dict[str, float]:
    """One contender against a stand-in of its own."""
    with socket.socket() as found_free:
        found_free.bind(("127.0.0.1", 0))
        port = found_free.getsockname()[1]
    stub = subprocess.Popen([sys.executable, "-m", "bench.stub", str(port), str(delay)])
    try:
        time.sleep(0.5)
        words = [name, f"http://127.0.0.1:{port}", str(count), str(at_once), *([database] if database else [])]
        run = subprocess.run(
            [sys.executable, "-m", "bench.sending", *words], stdout=subprocess.PIPE, check=True, timeout=300
        )
        found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
        return found
    finally:
        stub.kill()
        stub.wait()


def _table(chosen: list[str], results: dict[tuple[str, int], list[dict[str, float]]]) -> list[str]:
    conditions = " | ".join(f"{at_once} in flight, {delay} ms" for at_once, delay in CONDITIONS)
    lines = [
        f"| messages a second (processor each) | {conditions} | against aiohttp | against stock |",
        "|---|---|---|---|---|",
    ]
    middle = {
        key: {figure: statistics.median(run[figure] for run in runs) for figure in runs[0]}
        for key, runs in results.items()
    }
    for name in chosen:
        cells = [f"{middle[name, d]['rate']:,.0f} ({middle[name, d]['processor']:.2f} ms)" for _, d in CONDITIONS]
        for peer in ("ptb-aiohttp", "ptb"):
            ratios = [
                f"{middle[name, d]['rate'] / middle[peer, d]['rate']:.2f} x" if (peer, d) in middle else "-"
                for _, d in CONDITIONS
            ]
            cells.append(" / ".join(ratios))
        lines.append(f"| {CONTENDERS[name][0]} | {' | '.join(cells)} |")
    return lines


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--only", default="", help="contenders, with commas between them")


if __name__ == "__main__":
    name, api, count, at_once, *rest = sys.argv[1:]
    print(json.dumps(asyncio.run(CONTENDERS[name][1](api, int(count), int(at_once), *rest))))
