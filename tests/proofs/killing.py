"""Kills a process at moments spread over its work, and reads the truth from the simulator's log."""

from __future__ import annotations

import asyncio
import random
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

import aiohttp
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.delivery import outbox
from bot.delivery.outbox import Lane, to_chat
from bot.kit.replies import Message
from bot.kit.texts import Text
from bot.serving import listen, serve
from bot.simulator.app import Simulator, build
from bot.simulator.flood import Rates
from tests.proofs.victim import TOKEN


@dataclass
class Verdict:
    """What became of it all."""

    updates: int
    pushes: int
    kills: int = 0
    updates_lost: int = 0
    effects_twice: int = 0
    messages_lost: int = 0
    duplicates: int = 0
    most_copies: int = 0
    most_in_one_life: int = 0
    """How often one message was shown between two kills: more than once is a fault of ours."""
    in_flight: int = 0
    """Rows whose end was not known at a kill: calls in flight and results that were not marked yet."""
    phases: Counter[str] = field(default_factory=Counter)
    ends: list[int] = field(default_factory=list)
    """How long the simulator's log was at each kill."""

    def __str__(self) -> str:
        phases = ", ".join(f"{name} {count}" for name, count in sorted(self.phases.items()))
        return (
            f"{self.kills} kills over {self.updates} updates and {self.pushes} pushed messages: "
            f"{self.updates_lost} updates lost, {self.effects_twice} effects twice, {self.messages_lost} messages lost, "
            f"{self.duplicates} duplicates of {self.in_flight} in flight "
            f"(at most {self.most_copies} copies of one); killed while: {phases}"
        )


async def kill_again_and_again(
    database: str,
    folder: Path,
    *,
    updates: int,
    pushes: int,
    kills: int,
    seed: int,
    sabotage: str = "",
    chats: int = 200,
    backlog: float = 0.5,
    within: float = 0.8,
    webhook: bool = False,
) -> Verdict:
    """Feeds updates and a push to a process that is killed `kills` times, then lets it finish.

    `backlog` is the share of both that waits at the first start, so that blows fall in the middle of a full batch; the rest comes
    in equal parts, one for each life, so that the last blow falls into work as well. A blow falls at most `within` seconds
    after the process's first effect or message.
    """
    rng = random.Random(seed)
    verdict = Verdict(updates + chats, pushes)
    sock = listen("127.0.0.1", 0)
    api = f"http://127.0.0.1:{sock.getsockname()[1]}"
    simulator = build(base_url=api, rates=Rates.unlimited())
    simulator.world.webhooks.first_delay, simulator.world.webhooks.last_delay = 0.05, 0.5
    bot = simulator.add_bot(TOKEN, "victim_bot", "Victim")
    start = partial(start_victim, api, database, folder, sabotage, free_port() if webhook else 0)
    server, serving = await serve(simulator.app, sock)
    users = [simulator.add_user(f"P{i}") for i in range(chats)]
    for user in users:
        chat = simulator.world.private_chat(bot, user)
        simulator.people.say(user, chat, {"text": f"hello {user.id}"})
    ids = [u.id for u in users]
    parts = list(pairwise(round(backlog * 1000 + (1000 - backlog * 1000) * n / kills) for n in range(kills + 1)))
    prepare(database, ids, int(pushes * parts[0][0] / 1000))
    for number in range(int(updates * parts[0][0] / 1000)):
        user = users[number % chats]
        simulator.people.say(user, simulator.world.private_chat(bot, user), {"text": f"say {number}"})
    feeding = None
    try:
        for low, high in parts:
            push(database, ids, int(pushes * low / 1000), int(pushes * high / 1000))
            fresh = range(int(updates * low / 1000), int(updates * high / 1000))
            feeding = asyncio.create_task(_feed(api, ids, fresh))
            await _run_and_kill(simulator, api, database, start, rng, within, verdict)
            await feeding
        await finish(api, database, await start())
    finally:
        if feeding is not None:
            feeding.cancel()
        server.should_exit = True
        await simulator.close()
        await serving
    judge(verdict, database, simulator.log.after(0), [f"hello {u.id}" for u in users], updates, pushes)
    return verdict


def prepare(database: str, chats: list[int], pushes: int) -> None:
    """A table in which an effect shows, and the first messages of a push."""
    engine = connect(database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE effect (said VARCHAR(80))"))
    engine.dispose()
    push(database, chats, 0, pushes)


def push(database: str, chats: list[int], start: int, end: int) -> None:
    """Queues the messages of a push from one number to another."""
    if start == end:
        return
    engine = connect(database)
    with Session(engine) as session, session.begin():
        for number in range(start, end):
            message = Message(Text("delivery.just", {"text": f"push {number}"}))
            outbox.send(
                session, to_chat(chats[number % len(chats)]), message, Lane.BULK, datetime(2026, 1, 1, tzinfo=UTC)
            )
    engine.dispose()


async def _feed(api: str, users: list[int], numbers: range) -> None:
    async with aiohttp.ClientSession() as http:
        for number in numbers:
            user = users[number % len(users)]
            async with http.post(f"{api}/sim/messages", json={"from": user, "text": f"say {number}"}) as answer:
                assert answer.status == 200, await answer.text()


async def start_victim(
    api: str, database: str, folder: Path, sabotage: str, webhook: int
) -> asyncio.subprocess.Process:
    words = [api, database, str(folder), "--sabotage", sabotage, "--webhook", str(webhook)]
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.proofs.victim", *words)


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _run_and_kill(
    simulator: Simulator,
    api: str,
    database: str,
    start: Callable[[], Awaitable[asyncio.subprocess.Process]],
    rng: random.Random,
    within: float,
    verdict: Verdict,
) -> None:
    engine = connect(database)
    effects, before = _count(engine, "SELECT count(*) FROM effect"), len(simulator.log.items)
    process = await start()
    patience = time.monotonic() + 20  # it may have nothing left to say
    while time.monotonic() < patience:
        if any(call["method"] == "sendMessage" for call in simulator.log.after(before)):
            break
        if _count(engine, "SELECT count(*) FROM effect") > effects:  # committed, and perhaps not confirmed
            break
        await asyncio.sleep(0.002)
    await asyncio.sleep(rng.choice([0.0, rng.uniform(0.0, min(within, 0.1)), rng.uniform(0.0, within)]))
    process.send_signal(signal.SIGKILL)
    await process.wait()
    verdict.kills += 1
    verdict.ends.append(len(simulator.log.items))
    started = _count(engine, "SELECT count(*) FROM outbox WHERE state = 'started'")
    queued = _count(engine, "SELECT count(*) FROM outbox WHERE state = 'waiting'")
    engine.dispose()
    verdict.in_flight += started
    verdict.phases[await _phase(api, started, queued)] += 1


def _count(engine: Engine, query: str) -> int:
    with engine.connect().execution_options(read_only=True) as connection:
        return connection.scalar(text(query)) or 0


async def _phase(api: str, started: int, queued: int) -> str:
    """What was going on when the blow fell."""
    async with aiohttp.ClientSession() as http, http.get(f"{api}/sim/queue") as answer:
        waiting = (await answer.json())["waiting"]
    names = [
        name
        for name, on in (("taking updates", waiting), ("calls in flight", started), ("queue waiting", queued))
        if on
    ]
    return " + ".join(names) or "idle"


async def finish(api: str, database: str, process: asyncio.subprocess.Process) -> None:
    until, moved, before = time.monotonic() + 240, time.monotonic(), None
    engine = connect(database)
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < until:
            async with http.get(f"{api}/sim/queue") as answer:
                waiting = (await answer.json())["waiting"]
            with engine.connect().execution_options(read_only=True) as connection:
                left = connection.scalar(text("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'started')"))
                aside = connection.scalar(text("SELECT count(*) FROM parked WHERE state = 'waiting'"))
            if before != (waiting, left, aside):
                before, moved = (waiting, left, aside), time.monotonic()
            if (waiting, left, aside) == (0, 0, 0) or time.monotonic() - moved > 30:
                break
            await asyncio.sleep(0.2)
    engine.dispose()
    process.terminate()
    process.kill()
    await process.wait()


def judge(
    verdict: Verdict,
    database: str,
    calls: list[dict[str, object]],
    greetings: list[str],
    updates: int,
    pushes: int,
) -> None:
    engine = connect(database)
    with engine.connect().execution_options(read_only=True) as connection:
        effects = Counter(row.said for row in connection.execute(text("SELECT said FROM effect")))
    engine.dispose()
    said = {f"say {n}" for n in range(updates)} | set(greetings)
    verdict.updates_lost = sum(1 for s in said if effects[s] == 0)
    verdict.effects_twice = sum(1 for s in said if effects[s] > 1)
    shown: Counter[str] = Counter()
    for call in calls:
        if call["method"] == "sendMessage" and call["took_effect"]:
            shown[str(call["params"]["text"])] += 1  # type: ignore[index]
    expected = {f"heard {s}" for s in said} | {f"push {n}" for n in range(pushes)}
    verdict.messages_lost = sum(1 for e in expected if shown[e] == 0)
    verdict.duplicates = sum(shown[e] - 1 for e in expected if shown[e] > 1)
    for begin, end in pairwise([0, *verdict.ends, len(calls)]):
        life = Counter(
            str(call["params"]["text"])  # type: ignore[index]
            for call in calls[begin:end]
            if call["method"] == "sendMessage" and call["took_effect"]
        )
        verdict.most_in_one_life = max(verdict.most_in_one_life, *life.values(), 0)
    verdict.most_copies = max((shown[e] for e in expected), default=0)
