"""Several replicas on one PostgreSQL under load: a crowd that talks and a broadcast, and the simulator's log as the truth."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.delivery import outbox
from bot.delivery.outbox import Lane, to_chat
from bot.kit.replies import Message
from bot.kit.texts import Text
from bot.serving import listen, serve
from bot.simulator.app import Simulator, build
from bot.simulator.flood import Rates
from tests.proofs import member


@dataclass
class Verdict:
    """What became of it all."""

    updates: int = 0
    pushes: int = 0
    chores: int = 0
    updates_lost: int = 0
    messages_lost: int = 0
    chores_lost: int = 0
    done_twice: int = 0
    duplicates: int = 0
    in_flight: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        took = ", ".join(f"{what} after {seconds:.1f} s" for what, seconds in self.seconds.items())
        return (
            f"{self.updates} updates, {self.pushes} pushed messages, {self.chores} chores: {self.updates_lost} updates, "
            f"{self.messages_lost} messages, {self.chores_lost} chores lost; {self.done_twice} effects twice; "
            f"{self.duplicates} duplicates with {self.in_flight} calls in flight; {took}"
        )


class Crowd:
    """Replicas in processes of their own, the people who write to them, and what is to be sent."""

    def __init__(self, simulator: Simulator, api: str, database: str, folder: Path, rate: float, chats: int) -> None:
        self.simulator, self.api, self.database, self.folder, self.rate = simulator, api, database, folder, rate
        self.engine: Engine = connect(database)
        self.bot = simulator.add_bot(member.TOKEN, "member_bot", "Member")
        self.users = [simulator.add_user(f"P{i}") for i in range(chats)]
        self.members: dict[str, asyncio.subprocess.Process] = {}
        self.said = self.pushed = self.chores = 0

    async def join(self, name: str, sabotage: str = "") -> None:
        """Starts a replica."""
        self.members[name] = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.proofs.member", self.api, self.database, str(self.folder)),
            *(name, str(self.rate), sabotage),
        )
        await self.until(lambda: (self.folder / f"{name}.json").exists(), 60)

    def roles(self, name: str) -> dict[str, bool]:
        """What a replica says that it leads."""
        found: dict[str, bool] = json.loads((self.folder / f"{name}.json").read_text())
        return found

    def say(self, number: int) -> None:
        """One of the people writes."""
        user = self.users[number % len(self.users)]
        chat = self.simulator.world.private_chat(self.bot, user)
        self.simulator.people.say(user, chat, {"text": f"say {number}"})
        self.said = max(self.said, number + 1)

    async def talk(self, every_s: float) -> None:
        """People write until this is cancelled."""
        while True:
            self.say(self.said)
            await asyncio.sleep(every_s)

    def push(self, count: int) -> None:
        """Queues a broadcast."""
        with Session(self.engine) as session, session.begin():
            for number in range(self.pushed, self.pushed + count):
                words = Message(Text("delivery.just", {"text": f"push {number}"}))
                chat = self.users[number % len(self.users)].id
                outbox.send(session, to_chat(chat), words, Lane.BULK, datetime(2026, 1, 1, tzinfo=UTC))
        self.pushed += count

    def add_chores(self, count: int) -> None:
        """Gives the tick something to do."""
        statement = text(
            "INSERT INTO chore SELECT n, FALSE FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n"
        )
        with self.engine.begin() as connection:
            connection.execute(statement, {"first": self.chores + 1, "last": self.chores + count})
        self.chores += count

    def sent(self) -> int:
        """How many messages have reached the channel."""
        return sum(1 for call in self.simulator.log.items if call["method"] == "sendMessage")

    def count(self, statement: str, patience: float = 0.0) -> int:
        """A number from the database; waits so long while there is none that answers."""
        until = time.monotonic() + patience
        while True:
            try:
                with self.engine.connect() as connection:
                    return int(connection.scalar(text(statement)) or 0)
            except DBAPIError:
                if time.monotonic() > until:
                    raise
                self.engine.dispose()
                time.sleep(0.1)

    async def until(self, check: Callable[[], Any], patience: float) -> float:
        """Waits for something; answers how long it took. Raises AssertionError after `patience` seconds."""
        began = time.monotonic()
        while not check():
            assert time.monotonic() - began < patience, "it did not happen"
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    async def finish(self, patience: float) -> None:
        """Waits until nothing is left to do, or nothing moves any more."""
        left = (
            "SELECT (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'started')) + (SELECT count(*) FROM chore "
            "WHERE NOT done) + (SELECT count(*) FROM job WHERE state = 'waiting')"
        )
        ends, before, moved = time.monotonic() + patience, (-1, -1), time.monotonic()
        while time.monotonic() < ends and time.monotonic() - moved < 15:
            now = (await asyncio.to_thread(self.count, left, 30), self.count("SELECT count(*) FROM effect", 30))
            if now[0] == 0 and now[1] >= 2 * self.said:
                return
            if now != before:
                before, moved = now, time.monotonic()
            await asyncio.sleep(0.2)

    def judge(self, verdict: Verdict) -> None:
        """Counts from the effects in the database and the calls in the simulator's log."""
        with self.engine.connect() as connection:
            effects = Counter(row.said for row in connection.execute(text("SELECT said FROM effect")))
        said = [f"say {n}" for n in range(self.said)]
        verdict.updates, verdict.pushes, verdict.chores = self.said, self.pushed, self.chores
        verdict.updates_lost = sum(1 for each in said if not effects[each] or not effects[f"job {each}"])
        verdict.chores_lost = sum(1 for n in range(1, self.chores + 1) if not effects[f"chore {n}"])
        verdict.done_twice = sum(count - 1 for count in effects.values())
        shown: Counter[str] = Counter()
        for call in self.simulator.log.after(0):
            if call["method"] == "sendMessage" and call["took_effect"]:
                shown[str(call["params"]["text"])] += 1
        expected = [f"heard {each}" for each in said] + [f"push {n}" for n in range(self.pushed)]
        verdict.messages_lost = sum(1 for each in expected if not shown[each])
        verdict.duplicates = sum(shown[each] - 1 for each in expected if shown[each])


@contextlib.asynccontextmanager
async def crowd(database: str, folder: Path, *, rate: float, chats: int = 100) -> AsyncIterator[Crowd]:
    """A simulator and a migrated database without replicas yet; whoever joined is killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    sock = listen("127.0.0.1", 0)
    api = f"http://127.0.0.1:{sock.getsockname()[1]}"
    simulator = build(base_url=api, rates=Rates.unlimited())
    server, serving = await serve(simulator.app, sock)
    made = Crowd(simulator, api, database, folder, rate, chats)
    with Session(made.engine) as session, session.begin():
        member.prepare(session)
    for user in made.users:  # opens the chats
        simulator.world.private_chat(made.bot, user)
    for number in range(chats):
        made.say(number)
    try:
        yield made
    finally:
        for process in made.members.values():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.kill()
            await process.wait()
        made.engine.dispose()
        server.should_exit = True
        await simulator.close()
        await serving
