"""A simulator behind a real HTTP server: in the running event loop, or in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Iterator

from bot.simulator.app import Simulator, server


@contextlib.asynccontextmanager
async def served(simulator: Simulator, port: int = 0) -> AsyncIterator[str]:
    """Serve in this event loop; yields the address, such as http://127.0.0.1:40123. Port 0 picks a free one."""
    serving = server(simulator, port)
    serving.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(serving._serve())
    while not serving.started:
        if task.done():
            task.result()
            raise RuntimeError("the simulator could not start")
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}"
    finally:
        serving.should_exit = True
        await task


@contextlib.contextmanager
def threaded(simulator: Simulator, port: int = 0, *, wait: bool = True) -> Iterator[str]:
    """Serve in a thread; yields the address (port 0 picks a free one). Touch it over HTTP only while it runs.

    Without `wait` the thread is told to end and left to it, which takes it up to 0.3 s.
    """
    serving = server(simulator, port)
    thread = threading.Thread(target=serving.run, name="simulator", daemon=True)
    thread.start()
    while not serving.started:
        if not thread.is_alive():
            raise RuntimeError("the simulator could not start")
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}"
    finally:
        serving.should_exit = True
        if wait:
            thread.join(5)
