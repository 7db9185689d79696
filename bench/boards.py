"""A thousand open boards of a muster on one process, while people answer: how late the signal is, and what boards cost.

`python -m bench boards [--boards 1000] [--people 2000] [--engine sqlite] [--answers 200] [--seconds 15]`

Each board is a session of its own that holds a stream as a browser does: told of a change it waits as long as it is told
(at random within it) and asks for its page anew. First answers come one by one, with nothing else to do: how long from the
commit to the event at each board. Then as many a second as given, with all boards asking anew.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench import company, muster
from bench.presses import databases
from bench.processes import contender, until
from bench.standin import StandIn, deliver
from bench.terms import SECRET
from bot.db.engine import connect
from bot.db.once import table_of
from bot.web.store import digest
from bot.web.tables import WebSessionRow

PAGE = "/desk/musters/1"
ALONE = 20
"""Answers that come one by one, two seconds apart."""
_change = re.compile(rb"id: \w+\.(\d+)\nevent: change\ndata: (\d+)\n\n")


@dataclass
class Board:
    """One open board: when which change was heard, and how its pages came."""

    heard: list[tuple[int, float]] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    bytes: int = 0
    streams: int = 0


@dataclass
class Seen:
    """What was measured at one engine. Times are seconds."""

    engine: str
    boards: int
    idle_mb: float
    open_mb: float
    idle_cpu: float
    alone: list[float]
    busy: list[float]
    refreshes: int
    page_s: list[float]
    kilobytes: float
    cpu: float
    answers: float
    answer_p99: float


def furnish(url: str, people_: int, boards: int) -> None:
    """The company of the muster's benchmark, its leaders signed in as often as it takes."""
    muster.furnish(url, people_)
    now, engine = datetime.now(UTC), connect(url)
    leaders = [muster.COMMANDER, *range(1 + company.TEAM, people_, company.TEAM)]
    rows = [
        {
            "token_hash": digest(f"board-{n}"), "person_id": leaders[n % len(leaders)] if n % 4 == 0 else muster.COMMANDER,
            "created_at": now, "expires_at": now + timedelta(hours=8),
        }
        for n in range(boards)
    ]  # fmt: skip
    with Session(engine) as session, session.begin():
        session.execute(insert(table_of(WebSessionRow)), rows)
    engine.dispose()


async def watch(port: int, number: int, board: Board, asks: asyncio.Event) -> None:
    """One board, until it is cancelled. It asks for its page anew only while `asks` is set."""
    rng, cookie = random.Random(number), f"Cookie: davy_session=board-{number}\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /desk/live?page={PAGE}&since= HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head, head
    board.streams += 1
    asking: asyncio.Task[None] | None = None
    try:
        while True:
            for number_, spread in _change.findall(await _chunk(reader)):
                board.heard.append((int(number_), time.monotonic()))
                if asks.is_set() and (asking is None or asking.done()):
                    asking = asyncio.create_task(ask(port, cookie, rng.random() * int(spread) / 1000, board))
    finally:
        writer.close()
        if asking is not None:
            asking.cancel()


async def _chunk(reader: asyncio.StreamReader) -> bytes:
    size = int(await reader.readuntil(b"\r\n"), 16)
    return (await reader.readexactly(size + 2))[:-2]


async def ask(port: int, cookie: str, after: float, board: Board) -> None:
    """The page anew, as refresh.js does it."""
    await asyncio.sleep(after)
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAccept: text/html\r\nX-Refresh: 1\r\n{cookie}\r\n".encode()
    )
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
    board.pages.append(time.monotonic() - began)
    board.bytes += len(answer)


async def boards(url: str, engine: str, given: argparse.Namespace) -> Seen:
    """All of it at one engine."""
    presses = muster.presses(given.people)
    async with StandIn(presses) as standin, contextlib.AsyncExitStack() as stack:
        standin.times = []
        davy = await stack.enter_async_context(
            contender("davy", standin.url, url, webhook=True, rate=1000, muster=muster.COMMANDER, live=True)
        )
        davy.go()
        await until(lambda: len(muster._calls(standin)) >= given.people - 1, 120)
        await asyncio.sleep(2)
        idle_mb, asks = davy.megabytes, asyncio.Event()
        open_ = [Board() for _ in range(given.boards)]
        for number, board in enumerate(open_):
            task = asyncio.create_task(watch(davy.port, number, board, asks))
            stack.callback(task.cancel)
            if number % 50 == 49:
                await asyncio.sleep(0.1)
        assert await until(lambda: all(board.streams for board in open_), 60), "not every board has its stream"
        await asyncio.sleep(3)
        open_mb, cpu = davy.megabytes, davy.cpu
        await asyncio.sleep(10)
        idle_cpu = (davy.cpu - cpu) / 10
        posting = asyncio.create_task(deliver(standin, [davy.url], SECRET))
        stack.callback(posting.cancel)
        first = time.monotonic()
        for _ in range(ALONE):
            standin.release(1)
            await asyncio.sleep(2)
        cut = time.monotonic()
        asks.set()
        cpu, begun = davy.cpu, time.perf_counter()
        pace = asyncio.create_task(standin.pace(given.answers))
        stack.callback(pace.cancel)
        await asyncio.sleep(given.seconds)
        pace.cancel()
        ended = time.perf_counter()
        took = davy.cpu - cpu
        answered = sum(at >= begun for at in standin.answered.values())
        latencies = sorted(standin.latencies(begun, ended)) or [0.0]
        await asyncio.sleep(1)
        told = await davy.finish()
    commits = {int(number): at for number, at in told["live"].items()}
    pages = sorted(each for board in open_ for each in board.pages)
    alone, busy = _late(open_, commits, first, cut), _late(open_, commits, cut, 1e18)
    return Seen(
        engine, given.boards, idle_mb, open_mb, idle_cpu, alone, busy,
        len(pages), pages, sum(board.bytes for board in open_) / max(1, len(pages)) / 1024, took,
        answered / (ended - begun), latencies[int(0.99 * len(latencies))],
    )  # fmt: skip


def _late(boards_: Sequence[Board], commits: dict[int, float], since: float, until_: float) -> list[float]:
    """For each event: how long the oldest commit that it tells of had waited."""
    late = []
    for board in boards_:
        before = 0
        for number, at in board.heard:
            told = [commits[n] for n in range(before + 1, number + 1) if n in commits and since <= commits[n]]
            if told and since <= at < until_:
                late.append(at - min(told))
            before = number
    return sorted(late) or [0.0]


def measure(given: argparse.Namespace) -> list[str]:
    """The table."""
    lines = [
        "| boards | memory a stream, KB | processor with nothing to do, % | answer alone to the event, p50 / p99 ms "
        "| answers a second beside | event p50 / p99 ms | pages a second | page p50 / p99 ms | KB a page "
        "| processor a page, ms | answer p99 ms |",
        "|---" * 11 + "|",
    ]
    engines = ("sqlite", "postgresql") if given.engine == "both" else (given.engine,)
    make = partial(furnish, people_=given.people, boards=given.boards)
    with databases(engines, given.people, make) as made:
        for engine in engines:
            seen = asyncio.run(boards(made.url(engine, "davy"), engine, given))
            lines.append(row(seen, given))
            print(f"  {lines[-1]}", file=sys.stderr, flush=True)
    return lines


def row(seen: Seen, given: argparse.Namespace) -> str:
    """A line of the table."""

    def at(values: Sequence[float], share: float) -> float:
        return 1000 * values[min(len(values) - 1, int(share * len(values)))] if values else 0.0

    def both(values: Sequence[float]) -> str:
        return f"{at(values, 0.5):,.0f} / {at(values, 0.99):,.0f}"

    each, memory = 1000 * seen.cpu / max(1, seen.refreshes), 1024 * (seen.open_mb - seen.idle_mb) / seen.boards
    cells = (
        f"{seen.boards:,}, {seen.engine}", f"{memory:.0f}", f"{100 * seen.idle_cpu:.1f}", both(seen.alone),
        f"{seen.answers:,.0f}", both(seen.busy), f"{seen.refreshes / given.seconds:.0f}", both(seen.page_s),
        f"{seen.kilobytes:.1f}", f"{each:.1f}", f"{1000 * seen.answer_p99:,.0f}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--boards", type=int, default=1000)
    parser.add_argument("--people", type=int, default=4000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="sqlite")
    parser.add_argument("--answers", type=float, default=100, help="answers a second while all boards ask anew")
    parser.add_argument("--seconds", type=float, default=20)
