"""Contenders as processes: started, told what to do, watched, ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import psutil


class Process:
    """A running contender (bench/contender.py). `port` is that of its webhook, 0 when it polls."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, ready_s: float) -> None:
        self._process, self.port, self.ready_s = process, port, ready_s
        self._watched = psutil.Process(process.pid)

    @property
    def url(self) -> str:
        """Where its webhook is."""
        return f"http://127.0.0.1:{self.port}/webhook"

    @property
    def cpu(self) -> float:
        """Seconds of processor used so far."""
        times = self._watched.cpu_times()
        return float(times.user + times.system)

    @property
    def megabytes(self) -> float:
        """Memory that it holds."""
        return float(self._watched.memory_info().rss / 2**20)

    def go(self) -> None:
        """Lets it begin what it was started for beside taking updates."""
        self._write(b"go\n")

    async def finish(self) -> dict[str, Any]:
        """Lets it end its work; what it tells of it."""
        self._write(b"finish\n")
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(await self._process.stdout.readline() or b"{}")
        return told

    def _write(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line)


@contextlib.asynccontextmanager
async def contender(
    name: str, api: str, database: str, *, webhook: bool = False, **options: object
) -> AsyncIterator[Process]:
    """Starts a contender and waits until it takes updates; kills it in the end."""
    port = free_port() if webhook else 0
    words = [name, "--api", api, "--database", database, "--webhook", str(port)]
    for option, value in options.items():
        words += [f"--{option}"] if value is True else [f"--{option}", str(value)] if value is not False else []
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.contender", *words,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**24,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert (await process.stdout.readline()).strip() == b"ready", f"{name} did not start"
        yield Process(process, port, time.perf_counter() - begun)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until(done: Callable[[], bool], seconds: float) -> bool:
    """Waits until something is so, at most so long; whether it is."""
    end = time.perf_counter() + seconds
    while not done() and time.perf_counter() < end:
        await asyncio.sleep(0.01)
    return done()
