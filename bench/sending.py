"""Messages a second of one process: ours from a durable outbox, against clients that keep nothing.

Each round runs every contender once, in turn; the table shows medians and ratios. Durability of ours is asserted.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
from sqlalchemy import text
from sqlalchemy.orm import Session
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.db.engine import connect
from bot.db.migrate import upgrade
from bot.db.writer import Writer
from bot.delivery import outbox, seals
from bot.delivery.calling import Caller
from bot.delivery.limiter import Limiter
from bot.delivery.outbox import Lane, to_chat
from bot.delivery.sender import Sender
from bot.delivery.transport import AiohttpRequest
from bot.kit.clock import SystemClock
from bot.kit.replies import Message
from bot.kit.seal import Seal
from bot.kit.texts import text as say
from tests.postgres import running_postgres

TOKEN = "4848:bench-token-bench-token-bench-token"
IN_FLIGHT, COUNT, ROUNDS = 50, 1500, 3
Contender = Callable[[str], Awaitable[float]]


async def bare_aiohttp(api: str) -> float:
    """The ceiling: aiohttp and nothing else."""
    async with aiohttp.ClientSession() as http:

        async def one(number: int) -> None:
            body = {"chat_id": number, "text": "hello"}
            async with http.post(f"{api}/bot{TOKEN}/sendMessage", json=body) as answer:
                await answer.read()

        return await _timed(one)


async def our_transport(api: str) -> float:
    """Our transport without an outbox."""
    async with AiohttpRequest(TOKEN, api_url=api) as transport:
        return await _timed(lambda number: transport.call("sendMessage", {"chat_id": number, "text": "hello"}))


async def stock(api: str) -> float:
    """python-telegram-bot as its documentation says, with a pool as large as what is in flight."""
    request = HTTPXRequest(connection_pool_size=IN_FLIGHT, pool_timeout=60)
    async with Bot(TOKEN, base_url=f"{api}/bot", request=request) as bot:
        return await _timed(lambda number: bot.send_message(number, "hello"))


def ours(database: str) -> Contender:
    """The sender: every start and every end committed."""

    async def run(api: str) -> float:
        upgrade(database)
        seals.use(Seal("a bench's secret that is long enough"))
        engine = connect(database)
        writer = Writer(engine)
        clock = SystemClock()
        writer.run(_fill, clock.now())
        transport = AiohttpRequest(TOKEN, api_url=api)
        await transport.initialize()
        caller = Caller(transport, engine, Path("content"))
        sender = Sender(writer, engine, caller, Limiter(1e6, 1e6), clock)
        writer.bells = {"outbox": sender.bell}
        begun = time.perf_counter()
        running = asyncio.create_task(sender.run())
        while sender.sent < COUNT:
            await asyncio.sleep(0.01)
        took = time.perf_counter() - begun
        await sender.stop()
        await running
        await transport.shutdown()
        assert writer.run(lambda s: s.scalar(text("SELECT count(*) FROM outbox WHERE state = 'sent'"))) == COUNT
        if database.startswith("sqlite"):
            with engine.connect() as connection:
                assert connection.scalar(text("PRAGMA synchronous")) == 2
        writer.run(lambda s: s.execute(text("DELETE FROM outbox")))
        writer.stop()
        engine.dispose()
        return COUNT / took

    return run


def _fill(session: Session, now: object) -> None:
    for number in range(COUNT):
        message = Message(say("delivery.just", text="hello"))
        outbox.send(session, to_chat(number + 1), message, Lane.BULK, now)  # type: ignore[arg-type]


async def _timed(one: Callable[[int], Awaitable[object]]) -> float:
    """Calls a second with IN_FLIGHT at once."""
    numbers = iter(range(1, COUNT + 1))

    async def work() -> None:
        for number in numbers:
            await one(number)

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    return COUNT / (time.perf_counter() - begun)


def measure() -> list[str]:
    """The table's lines."""
    port = 18480
    stub = subprocess.Popen([sys.executable, "-m", "bench.stub", str(port)])
    time.sleep(1)
    try:
        with tempfile.TemporaryDirectory() as folder, running_postgres(durable=True) as postgres:
            contenders: dict[str, Contender] = {
                "bare aiohttp (the ceiling)": bare_aiohttp,
                "our transport, no outbox": our_transport,
                "python-telegram-bot, stock": stock,
                "Davy's sender, durable, SQLite": ours(f"sqlite:///{folder}/bench.sqlite3"),
                "Davy's sender, durable, PostgreSQL": ours(postgres.create_database("bench")),
            }
            results: dict[str, list[float]] = {name: [] for name in contenders}
            for _ in range(ROUNDS):
                for name, run in contenders.items():
                    results[name].append(asyncio.run(run(f"http://127.0.0.1:{port}")))  # type: ignore[arg-type]
    finally:
        stub.kill()
        stub.wait()
    medians = {name: statistics.median(values) for name, values in results.items()}
    base = medians["python-telegram-bot, stock"]
    lines = ["| messages a second, 50 in flight | median | against stock |", "|---|---|---|"]
    return lines + [f"| {name} | {rate:,.0f} | {rate / base:.1f} x |" for name, rate in medians.items()]
