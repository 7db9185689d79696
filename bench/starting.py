"""How long Davy takes to start, and how much memory it holds then; beside it bots of nothing but a handler.

`python -m bench starting [--rounds 3]`. The time is from the start of the process to its first request for updates, with a
thousand people in the database; a machine that has not read the files yet takes longer the first time.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time

from bench.presses import databases
from bench.processes import contender, until
from bench.standin import StandIn

NAMES = {
    "davy": "Davy, all rooms and the dashboard",
    "ptb": "python-telegram-bot, one handler",
    "aiogram": "aiogram, one handler",
}


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--rounds", type=int, default=3)


def measure(given: argparse.Namespace) -> list[str]:
    """The table."""
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    with databases(("sqlite", "postgresql"), 1000) as made:
        for _ in range(given.rounds):
            for name in NAMES:
                for engine in ("sqlite", "postgresql") if name == "davy" else ("",):
                    one = asyncio.run(start(name, made.url(engine, name)))
                    found.setdefault((name, engine), []).append(one)
                    print(f"  {name} {engine}: {one[0]:.2f} s", file=sys.stderr, flush=True)
    lines = [
        "| from the start to the first request for updates | seconds | processor | memory MB |",
        "|---|---|---|---|",
    ]
    for (name, engine), some in found.items():
        seconds, cpu, memory = (statistics.median(each) for each in zip(*some, strict=True))
        of = f"{NAMES[name]}{f' ({engine})' if engine else ''}"
        lines.append(f"| {of} | {seconds:.2f} | {cpu:.2f} s | {memory:.0f} |")
    return lines


async def start(name: str, database: str) -> tuple[float, float, float]:
    """Seconds to the first getUpdates, seconds of processor, megabytes."""
    async with StandIn() as standin:
        begun = time.perf_counter()
        async with contender(name, standin.url, database) as running:
            await until(lambda: standin.calls[b"getUpdates"] > 0, 60)
            return time.perf_counter() - begun, running.cpu, running.megabytes
