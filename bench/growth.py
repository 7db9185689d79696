"""What becomes of Davy with a thousand, ten thousand, a hundred thousand people (and a million, where there is time).

`python -m bench growth [--engine sqlite] [--people 1000,10000,100000]`; a million: `--people 1000000` (some minutes to fill).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench import company
from bench.ours import WARM_UP
from bench.presses import databases, turn
from bench.processes import contender, until
from bench.standin import StandIn
from bot.db.engine import connect

TAUGHT = 12_000
"""So many presses at most are made ready; the people behind them are the first of all."""


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--people", default="1000,10000,100000")
    parser.add_argument("--seconds", type=float, default=2)


def measure(given: argparse.Namespace) -> list[str]:
    """The table."""
    given.delay, given.shown = 0.0, False
    lines = [
        "| people | database | MB | started in s | presses/s | p99 ms | ms of processor a press | alert p50 / max ms | memory MB |",
        "|---" * 9 + "|",
    ]
    for engine in ("sqlite", "postgresql") if given.engine == "both" else (given.engine,):
        for count in (int(each) for each in given.people.split(",")):
            line = one(engine, count, given)
            print(f"  {line}", file=sys.stderr, flush=True)
            lines.append(line)
    return lines


def one(engine: str, count: int, given: argparse.Namespace) -> str:
    """A row."""
    with databases((engine,), count, lead) as made:
        made.presses(engine)
        made.updates = made.updates[:TAUGHT]
        run = asyncio.run(turn("davy", made.updates, made.url(engine, "davy"), False, given))
        url = made.url(engine, "davy")
        alerts, memory = asyncio.run(ring(url, min(20, count // 40)))
        size = megabytes(url)
    ordered = sorted(alerts)
    return (
        f"| {count:,} | {engine} | {size:,.0f} | {run.told['started_s']:.1f} | {run.rate:,.0f} | "
        f"{1000 * run.quantile(0.99):,.0f} | {1000 * run.cpu:.2f} | "
        f"{ordered[len(ordered) // 2]:,.0f} / {ordered[-1]:,.0f} | {memory:,.0f} |"
    )


def lead(url: str) -> None:
    """A supervisor for each of the first teams, those with which a process warms up among them."""
    engine = connect(url)
    with Session(engine) as session, session.begin():
        company.lead(session, 1, 20 + WARM_UP, datetime.now(UTC))
    engine.dispose()


async def ring(url: str, count: int) -> tuple[list[float], float]:
    """Milliseconds from the commit of a report to its alert, and the megabytes that the process holds then."""
    seconds = count * 0.25
    async with StandIn() as standin, contender("davy", standin.url, url, hazards=count, over=seconds) as davy:
        standin.times = []
        davy.go()
        await until(lambda: standin.calls[b"sendMessage"] >= count, seconds + 10)
        memory = davy.megabytes
        told = await davy.finish()
    found: list[float] = []
    for number, committed in enumerate(told["committed"]):
        words = b"Danger number %d\\n" % number
        with contextlib.suppress(StopIteration):
            at = next(at for at, method, body in standin.times if method.startswith(b"send") and words in body)
            found.append(1000 * (at - committed))
    return found or [0.0], memory


def megabytes(url: str) -> float:
    """The size of a database."""
    if url.startswith("sqlite"):
        return Path(url.removeprefix("sqlite:///")).stat().st_size / 2**20
    engine = connect(url)
    with engine.connect() as connection:
        size = connection.scalar(text("SELECT pg_database_size(current_database())")) or 0
    engine.dispose()
    return float(size) / 2**20
