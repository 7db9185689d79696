"""How much of the allowed rate is used, and how soon an alert leaves, while 100,000 messages wait.

`python -m bench broadcast [--engine sqlite] [--rate 30,1000] [--seconds 12] [--answers 300] [--faults]`

Each window is measured with the full queue waiting: a run to its end would take 55 minutes at 30 a second. Dangers are reported
through the hazards room, each in a team with three supervisors of its own; an alert's time runs from the commit of its report to
the arrival of the call at the stand-in. Presses, where asked for, come by webhook and are quiz answers with everything stored.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import statistics
import sys
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bench import company
from bench.presses import databases
from bench.processes import contender
from bench.standin import SLOW_DOWN_S, StandIn, deliver
from bench.terms import SECRET
from bot.db.engine import connect

LEADERS = 3
HAZARDS_A_SECOND = (2.5, 5)
"""At 30 calls a second and at 1000: an alert takes three of them."""
WARM_UP_S, ANSWERING_S, LATE_S = 2.0, 3.0, 3.0
"""Before the clock runs, without and with answers, and how long an alert is waited for when the window is over."""
_chat = re.compile(rb'"chat_id":\s*(\d+)')


@dataclass
class Window:
    """What was seen in one window. Times are milliseconds."""

    rate: float
    answers: int
    faults: bool
    share: float
    most_in_a_second: int
    first: list[float]
    last: list[float]
    waits: list[float]
    cpu: float
    rss: float
    cold: float
    """How long the first report of the new process took to commit."""


def quantile(values: Sequence[float], share: float) -> float:
    """A quantile of values; 0 of none."""
    ordered = sorted(values) or [0.0]
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def window(
    url: str, updates: Sequence[bytes], rate: float, given: argparse.Namespace, answers: int, faults: bool
) -> Window:
    """One window with the queue waiting."""
    seconds = given.seconds if rate > 100 else given.seconds * 2
    hazards = int(seconds * HAZARDS_A_SECOND[rate > 100])
    async with contextlib.AsyncExitStack() as stack:
        standin = await stack.enter_async_context(StandIn(updates))
        standin.times = []
        options: dict[str, Any] = {"webhook": True, "rate": rate, "hazards": hazards, "over": seconds}
        davy = await stack.enter_async_context(contender("davy", standin.url, url, **options))
        beside: list[Coroutine[Any, Any, None]] = [_spoil(standin)] if faults else []
        if answers:
            beside += [deliver(standin, [davy.url], SECRET), standin.pace(answers)]
        await asyncio.sleep(WARM_UP_S)
        tasks = [asyncio.create_task(each) for each in beside]
        for task in tasks:
            stack.callback(task.cancel)
        await asyncio.sleep(ANSWERING_S if answers else 0.0)
        cpu, begun = davy.cpu, time.perf_counter()
        davy.go()
        await asyncio.sleep(seconds)
        ended, cpu, memory = time.perf_counter(), davy.cpu - cpu, davy.megabytes
        standin.waiting = 0
        for task in tasks[-1:]:
            task.cancel()
        standin.faults.clear()
        await asyncio.sleep(LATE_S)
        told = await davy.finish()
    first, last = _alerts(standin, told["committed"])
    calls = [at for at, method, _ in standin.times if method.startswith((b"send", b"edit"))]
    inside = [at for at in calls if begun <= at <= ended]
    waits = [1000 * each for each in standin.latencies(begun, ended)]
    share = len(inside) / (rate * (ended - begun))
    return Window(rate, answers, faults, share, _most(inside), first, last, waits, cpu / seconds, memory, told["cold"])


async def _spoil(standin: StandIn) -> None:
    """A flood refusal every four seconds, and a server error every second."""
    for second in range(10**6):
        await asyncio.sleep(1.0)
        standin.faults.append(429 if second % 4 == 1 else 500)


def _alerts(standin: StandIn, committed: Sequence[float]) -> tuple[list[float], list[float]]:
    """For each danger the milliseconds until the first and until the last supervisor's call came."""
    seen: dict[int, list[float]] = {}
    for at, method, body in standin.times or []:
        found = _chat.search(body)
        if not method.startswith(b"send") or found is None:
            continue
        team, place = divmod(int(found[1]) - company.PHONE - 1, company.TEAM)
        if place < LEADERS and team < len(committed) and b"Danger number" in body:
            seen.setdefault(team, []).append(1000 * (at - committed[team]))
    missing = [n for n in range(len(committed)) if len(seen.get(n, ())) < LEADERS]
    if missing:
        print(f"  {len(missing)} of {len(committed)} dangers had not reached everybody at the end", file=sys.stderr)
    return [min(times) for times in seen.values()], [max(times) for times in seen.values()]


def _most(times: Sequence[float]) -> int:
    """The most calls in any second."""
    most = low = 0
    ordered = sorted(times)
    for high, at in enumerate(ordered):
        while ordered[low] <= at - 1.0:
            low += 1
        most = max(most, high - low + 1)
    return most


def measure(given: argparse.Namespace) -> list[str]:
    """The tables."""
    lines = [
        f"| {given.queued:,} messages waiting | calls/s allowed | answers/s beside it | share of the rate | most in a second "
        "| alert p50 / p99 / max ms, first supervisor | third supervisor p99 | answer p99 ms | processor | memory MB |",
        "|---" * 10 + "|",
    ]
    engines = ("sqlite", "postgresql") if given.engine == "both" else (given.engine,)
    misses: list[str] = []
    cold: list[float] = []
    with databases(engines, given.people, partial(_queue, given=given)) as made:
        updates = made.presses(engines[0])
        for engine in engines:
            for case in cases(given):
                found = asyncio.run(window(made.url(engine, "davy"), updates, case[0], given, *case[1:]))
                print(f"  {engine} {case}: {found.share:.3f}", file=sys.stderr, flush=True)
                lines.append(line(engine, found))
                cold.append(found.cold)
                misses += [f"{engine}, {found.rate:g}/s: {miss}" for miss in missed(found)]
    first = f"The first report of a new process is committed after {statistics.median(cold):,.0f} ms: it compiles its statements."
    return [*lines, "", first, "", "Missed: " + ("; ".join(misses) if misses else "nothing") + "."]


def cases(given: argparse.Namespace) -> list[tuple[float, int, bool]]:
    """(rate, answers a second, faults)."""
    rates = [float(rate) for rate in given.rate.split(",")]
    found: list[tuple[float, int, bool]] = [(rate, 0, False) for rate in rates]
    if given.answers:
        found.append((max(rates), given.answers, False))
    if given.faults:
        found.append((max(rates), 0, True))
    return found


def _queue(url: str, given: argparse.Namespace) -> None:
    engine, now = connect(url), datetime.now(UTC)
    with Session(engine) as session, session.begin():
        company.lead(session, LEADERS, 300, now)
        company.broadcast(session, given.queued, given.people, LEADERS, now)
    engine.dispose()


def line(engine: str, found: Window) -> str:
    """A row of the table."""
    first = " / ".join(f"{quantile(found.first, share):,.0f}" for share in (0.5, 0.99, 1.0))
    waits = f"{quantile(found.waits, 0.99):,.0f}" if found.answers else "-"
    return (
        f"| {engine}{', with faults' if found.faults else ''} | {found.rate:g} | {found.answers or '-'} | "
        f"{100 * found.share:.1f} % | {found.most_in_a_second:,} | {first} | {quantile(found.last, 0.99):,.0f} | {waits} | "
        f"{100 * found.cpu:.0f} % | {found.rss:.0f} |"
    )


def missed(found: Window) -> list[str]:
    """Which aims were missed, with what was seen."""
    p99, top = quantile(found.first, 0.99), quantile(found.first, 1.0)
    aims: list[tuple[bool, str]] = [
        (found.most_in_a_second <= found.rate * 1.01 + 1, f"{found.most_in_a_second} calls in a second"),
        (found.rss <= 250, f"{found.rss:.0f} MB"),
    ]
    if found.faults:
        aims.append((top <= 1000 * (SLOW_DOWN_S + 1), f"alert after {top:,.0f} ms with faults"))
    else:
        limit = 100 if found.answers else 50
        slower = 1000 * LEADERS / found.rate
        third = quantile(found.last, 0.99)
        aims += [
            (found.share >= 0.99, f"{100 * found.share:.1f} % of the rate"),
            (p99 <= limit, f"alert p99 {p99:,.0f} ms"),
            (top <= 250, f"alert max {top:,.0f} ms"),
            (third <= limit + slower, f"third supervisor p99 {third:,.0f} ms"),
        ]
    if found.answers:
        wait = quantile(found.waits, 0.99)
        aims.append((wait <= 50, f"answer p99 {wait:,.0f} ms"))
    return [words for met, words in aims if not met]


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--rate", default="30,1000", help="calls a second that are allowed")
    parser.add_argument("--seconds", type=float, default=20, help="of a window; twice as long at 30 a second")
    parser.add_argument("--answers", type=int, default=300, help="presses a second in a further window; 0: none")
    parser.add_argument("--faults", action=argparse.BooleanOptionalAction, default=True, help="a further window")
    parser.add_argument("--queued", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=20_000)
