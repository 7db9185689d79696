"""One, two and three replicas of Davy on one PostgreSQL: presses a second, and the processor that each press takes.

`python -m bench replicas [--seconds 3] [--rounds 3] [--most 3]`

Presses come by webhook, in turn to each replica, as from a load balancer. Where the machine has no core to spare for a further
replica (each wants one, PostgreSQL another, and the stand-in half of one), the processor per press is what says whether replicas
get in each other's way.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys

from bench.presses import WARM_UP, Run, databases, turn


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--most", type=int, default=3, help="replicas")
    parser.add_argument("--people", type=int, default=15_000)


def measure(given: argparse.Namespace) -> list[str]:
    """The table."""
    given.delay, given.shown = 0.0, False
    runs: dict[int, list[Run]] = {}
    with databases(("postgresql",), int(min(given.people, WARM_UP + given.seconds * 6000))) as made:
        assert made.postgres is not None
        updates = made.presses("postgresql")
        for _ in range(given.rounds):
            for count in range(1, given.most + 1):
                url = made.url("postgresql", "davy")
                run = asyncio.run(turn("davy", updates, url, True, given, count, made.postgres.pid))
                runs.setdefault(count, []).append(run)
                print(f"  {count} replicas: {run.rate:,.0f}/s", file=sys.stderr, flush=True)
    return table(runs)


def table(runs: dict[int, list[Run]]) -> list[str]:
    """Medians, and each against one replica."""
    rate, cpu, server = (
        {count: statistics.median(getattr(run, name) for run in found) for count, found in runs.items()}
        for name in ("rate", "cpu", "server_cpu")
    )
    cores = os.cpu_count() or 1
    lines = [
        f"| replicas, {cores} cores | presses/s | against one | ms of processor a press, Davy | PostgreSQL | against one |"
    ]
    lines.append("|---" * 6 + "|")
    for count in runs:
        share = (cpu[count] + server[count]) / (cpu[1] + server[1])
        lines.append(
            f"| {count} | {rate[count]:,.0f} | {rate[count] / rate[1]:.2f} x | {1000 * cpu[count]:.2f} | "
            f"{1000 * server[count]:.2f} | {share:.2f} x |"
        )
    lines.append("")
    if 2 in runs and cores >= 4:
        good = rate[2] / rate[1] >= 1.8
        lines.append(f"Two replicas against one: {rate[2] / rate[1]:.2f} x; aim 1.8 x: {'met' if good else 'missed'}.")
    elif 2 in runs:
        good = (cpu[2] + server[2]) / (cpu[1] + server[1]) <= 2 / 1.8
        lines.append(
            f"{cores} cores are not enough for two replicas, PostgreSQL and the stand-in. By processor a press two replicas "
            f"would do {2 * (cpu[1] + server[1]) / (cpu[2] + server[2]):.2f} x of one; aim 1.8 x: "
            f"{'met' if good else 'missed'}."
        )
    return lines
