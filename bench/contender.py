"""One contender in a process of its own: ours, or a bot made as the documentation of its library says.

`python -m bench.contender NAME --api URL [--database URL] [--webhook PORT] [--shown]`. It says `ready` when it takes
updates; at the first line on its input it ends its work and says in JSON what became of it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

from bench.ours import davy
from bench.peers import aiogram, ptb, ptb_aiohttp, ptb_orm
from bench.terms import Running, nothing


@contextlib.asynccontextmanager
async def bare(given: argparse.Namespace) -> AsyncIterator[Any]:
    """Nothing but sockets and JSON: what the stand-in and this machine can do at all."""
    from bench import floor

    running = asyncio.create_task(floor.serve(given.webhook) if given.webhook else floor.poll(given.api))
    await asyncio.sleep(0.1)
    yield Running(nothing)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


CONTENDERS = {
    "bare": bare, "davy": davy, "ptb": ptb, "ptb-aiohttp": ptb_aiohttp, "ptb-orm": ptb_orm, "aiogram": aiogram,
}  # fmt: skip


async def main(given: argparse.Namespace) -> None:
    """Runs until told to finish."""
    async with CONTENDERS[given.name](given) as running:
        print("ready", flush=True)
        begun = None
        while (await asyncio.to_thread(sys.stdin.readline)).strip() == "go":
            begun = asyncio.create_task(running.go())
        if begun is not None:
            await begun
        print(json.dumps(await running.finish()), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        os._exit(0)  # what it takes to close down is not measured here


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=CONTENDERS)
    parser.add_argument("--api", required=True)
    parser.add_argument("--database", default="")
    parser.add_argument("--webhook", type=int, default=0)
    parser.add_argument("--shown", action="store_true")
    parser.add_argument("--rate", type=float, default=30)
    parser.add_argument("--hazards", type=int, default=0, help="dangers that are reported at the word")
    parser.add_argument("--over", type=float, default=10, help="in so many seconds")
    parser.add_argument("--live", action="store_true", help="note when each change of an open board was committed")
    parser.add_argument("--muster", type=int, default=0, help="who starts a muster of everybody at the word")
    asyncio.run(main(parser.parse_args()))
