"""Presses a second of one process: a quiz answered, by Davy with everything stored, and by bots that store nothing.

`python -m bench presses [--engine sqlite] [--updates polling] [--seconds 3] [--rounds 3] [--only davy,ptb-aiohttp]`

A press is the answer to a question of the shipped content that lies open before its person. Ours goes through the learning room's
routes: mark, row lock, rights, grading, answer, fact, and the verdict put into the outbox, durable before the press is
answered; then memory takes the answers in by the room's own tick, and the time of that is counted as well.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench import company, orm
from bench.processes import contender, until
from bench.standin import StandIn, deliver
from bench.terms import SECRET
from tests.postgres import Server, running_postgres

NAMES = {
    "bare": "sockets and JSON alone (the ceiling of the stand-in)",
    "davy": "Davy, everything stored",
    "ptb-aiohttp": "python-telegram-bot on our transport, stores nothing",
    "aiogram": "aiogram, stores nothing",
    "ptb": "python-telegram-bot, stock, stores nothing",
    "ptb-orm": "python-telegram-bot, stock, and SQLAlchemy's ORM, stores the same",
}
STORING = {"davy", "ptb-orm"}
AIMS = {"ptb-aiohttp": 1.0, "aiogram": 1.5, "ptb-orm": 10.0}
"""How many times as fast as each Davy is to be."""
AIM_SLOW = {"ptb": 10.0}
"""With 50 ms to the Bot API: against the stock bot that stores nothing."""
WARM_UP, WAITING = 300, 200
"""Presses before the clock runs, and how many wait at any time while it does."""


@dataclass
class Run:
    """One contender's turn. Rates are presses a second; times are seconds."""

    rate: float
    cpu: float
    server_cpu: float
    latencies: list[float]
    told: dict[str, Any] = field(default_factory=dict)

    def quantile(self, share: float) -> float:
        """A quantile of the seconds from giving a press to its answer."""
        ordered = sorted(self.latencies) or [0.0]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Databases:
    """A filled database of each engine and kind, copied for every turn."""

    def __init__(self, folder: Path, people: int, more: Callable[[str], None] | None = None) -> None:
        self.folder, self.people, self._more = folder, people, more
        self.postgres: Server | None = None
        self._made: set[str] = set()
        self._copies = 0
        self.updates: list[bytes] = []

    def url(self, engine: str, name: str) -> str:
        """The address of a fresh copy for a contender; empty where it stores nothing."""
        if name not in STORING:
            return ""
        kind = "davy" if name == "davy" else "orm"
        self._make(engine, kind)
        self._copies += 1
        if engine == "sqlite":
            copy = self.folder / f"copy-{self._copies}.sqlite3"
            shutil.copyfile(self.folder / f"{kind}.sqlite3", copy)
            return f"sqlite:///{copy}"
        assert self.postgres is not None
        if self._copies > 1:
            self.postgres.drop_database(f"copy_{self._copies - 1}")
        return self.postgres.create_database(f"copy_{self._copies}", kind)

    def _make(self, engine: str, kind: str) -> None:
        if engine + kind in self._made:
            return
        if engine == "sqlite":
            url = f"sqlite:///{self.folder / kind}.sqlite3"
        else:
            assert self.postgres is not None
            url = self.postgres.create_database(kind)
        if kind == "davy":
            company.fill(url, self.people)
            if self._more is not None:
                self._more(url)
        else:
            orm.fill(url, self.people)
        self._made.add(engine + kind)

    def presses(self, engine: str) -> list[bytes]:
        """What is fed to everybody, the same bytes."""
        if not self.updates:
            self._make(engine, "davy")
            url = f"sqlite:///{self.folder / 'davy'}.sqlite3" if engine == "sqlite" else self.postgres.url("davy")  # type: ignore[union-attr]
            self.updates = company.answers(url, self.people)
        return self.updates


@contextlib.contextmanager
def databases(engines: Sequence[str], people: int, more: Callable[[str], None] | None = None) -> Iterator[Databases]:
    """Databases of these engines, durable, thrown away afterwards; `more` fills ours further."""
    with tempfile.TemporaryDirectory(prefix="davy-bench-") as folder, contextlib.ExitStack() as stack:
        made = Databases(Path(folder), people, more)
        if "postgresql" in engines:
            made.postgres = stack.enter_context(running_postgres(durable=True))
        yield made


async def turn(
    name: str,
    updates: Sequence[bytes],
    database: str,
    webhook: bool,
    given: argparse.Namespace,
    replicas: int = 1,
    server: int = 0,
) -> Run:
    """Feeds a contender (or several replicas) for `given.seconds` and counts what was answered.

    `server` is the process of the database, whose processor is counted as well.
    """
    more = {"shown": True, "rate": 1000} if given.shown else {}
    async with StandIn(updates, given.delay / 1000) as standin, contextlib.AsyncExitStack() as stack:
        running = [
            await stack.enter_async_context(contender(name, standin.url, database, webhook=webhook, **more))
            for _ in range(replicas)
        ]
        posting = None
        if webhook:
            urls = [each.url for each in running]
            posting = asyncio.create_task(deliver(standin, urls, SECRET))
            stack.callback(posting.cancel)
        standin.waiting = WAITING * replicas
        standin.release(WAITING * replicas)
        await until(
            lambda: len(standin.answered) >= WARM_UP, 60
        )  # the clock begins with as many in hand as it ends with
        before, cpu, theirs = len(standin.answered), sum(each.cpu for each in running), processor(server)
        begun = time.perf_counter()
        await until(lambda: len(standin.answered) >= len(updates), given.seconds)
        count, ended = len(standin.answered) - before, time.perf_counter()
        if count + before >= len(updates):
            ended = max(standin.answered.values())
        cpu, theirs = sum(each.cpu for each in running) - cpu, processor(server) - theirs
        standin.released = standin.waiting = 0
        await asyncio.sleep(0.05)  # what was given is waited for, so that the books can be compared
        await until(lambda: len(standin.answered) >= len(standin.given), 60)
        told = await running[0].finish()
        told["started_s"] = running[0].ready_s
    handled = len(standin.answered)
    if name == "davy":
        assert told["answers"] == told["facts"] == handled, (told, handled)
        assert told["memories"] >= handled, told
    if name == "ptb-orm":
        assert told["facts"] == handled, (told, handled)
    settling = told.get("settling_s", 0.0) * count / max(1, handled)
    took, some = ended - begun, max(1, count)
    return Run(some / (took + settling), cpu / some, theirs / some, standin.latencies(begun, ended), told)


def processor(server: int) -> float:
    """Seconds of processor that a database server and its children have used."""
    if not server:
        return 0.0
    top = psutil.Process(server)
    used = 0.0
    for process in (top, *top.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used += times.user + times.system
    return float(used)


def measure(given: argparse.Namespace) -> list[str]:
    """The tables."""
    engines = ("sqlite", "postgresql") if given.engine == "both" else (given.engine,)
    ways = ("polling", "webhook") if given.updates == "both" else (given.updates,)
    names = given.only.split(",") if given.only else list(NAMES)
    people = int(min(given.most, WARM_UP + given.seconds * 6000))
    lines: list[str] = []
    with databases(engines, people) as made:
        updates = made.presses(engines[0])
        for way in ways:
            results: dict[tuple[str, str], list[Run]] = {}
            for _ in range(given.rounds):
                for name in names:
                    for engine in engines if name in STORING else ("",):
                        run = asyncio.run(turn(name, updates, made.url(engine, name), way == "webhook", given))
                        results.setdefault((name, engine), []).append(run)
                        print(f"  {way} {name} {engine}: {run.rate:,.0f}/s, {run.told}", file=sys.stderr, flush=True)
            lines += [*table(way, given.delay, results), ""]
    return lines


def table(way: str, delay: float, results: dict[tuple[str, str], list[Run]]) -> list[str]:
    """Medians side by side, and how Davy stands to each."""
    rates = {who: statistics.median(run.rate for run in runs) for who, runs in results.items()}
    ours = {engine: rate for (name, engine), rate in rates.items() if name == "davy"}
    aims = AIM_SLOW if delay else AIMS
    heads = [f"Davy on {engine} is" for engine in ours]
    lines = [
        f"| presses a second, {way}, Bot API answers in {delay:g} ms | median | ms of processor a press | p99 ms |"
    ]
    lines[0] += "".join(f" {head} |" for head in heads) + " aim |"
    lines.append("|---" * (5 + len(heads)) + "|")
    for (name, engine), runs in results.items():
        cpu = 1000 * statistics.median(run.cpu for run in runs)
        p99 = 1000 * statistics.median(run.quantile(0.99) for run in runs)
        line = (
            f"| {NAMES[name]}{f' ({engine})' if engine else ''} | {rates[name, engine]:,.0f} | {cpu:.2f} | {p99:,.0f} |"
        )
        for mine, rate in ours.items():
            against = name != "davy" and (not engine or engine == mine)
            line += f" {rate / rates[name, engine]:.2f} x |" if against else " |"
        aim = aims.get(name)
        met = [
            rate / rates[name, engine] >= aim for mine, rate in ours.items() if aim and (not engine or engine == mine)
        ]
        line += f" {aim:g} x: {'met' if all(met) else 'missed'} |" if aim and met else " |"
        lines.append(line)
    return lines


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--updates", choices=("polling", "webhook", "both"), default="both")
    parser.add_argument("--seconds", type=float, default=3, help="of each contender's turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--delay", type=float, default=0, help="ms that the Bot API takes to answer")
    parser.add_argument("--only", default="", help=f"some of {','.join(NAMES)}")
    parser.add_argument("--most", type=int, default=20000, help="people, and so presses, at most")
    parser.add_argument("--shown", action="store_true", help="the verdict is shown as well: two calls a press")
