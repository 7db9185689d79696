"""Two replicas on a PostgreSQL whose primary is killed in the middle of a broadcast; this script is the promoter."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.db.migrate import upgrade
from bot.db.writer import Writer
from tests.postgres import REPLICATING, Server, running_postgres, running_standby
from tests.proofs.several import Crowd, Verdict, crowd

STANDBY = "standby"
RATE = 100.0


@dataclass
class Fallen(Verdict):
    """What became of it all, with the writes whose success had been told."""

    acknowledged: int = 0
    acknowledged_lost: int = 0

    def __str__(self) -> str:
        return f"{super().__str__()}; {self.acknowledged_lost} of {self.acknowledged} acknowledged writes lost"


@contextlib.contextmanager
def primary_and_standby(synchronous: bool = True) -> Iterator[tuple[Server, Server, str]]:
    """Both servers, and the address with both hosts of a migrated database."""
    with running_postgres(durable=True, more=REPLICATING) as primary:
        upgrade(primary.create_database("davy"))
        with running_standby(primary, STANDBY) as standby:
            if synchronous:
                primary.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'")
                primary.execute("SELECT pg_reload_conf()")
                wait_for(primary, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
            yield primary, standby, f"postgresql://davy@/davy?host={primary.folder},{standby.folder}"


def wait_for(server: Server, statement: str, patience: float = 20) -> None:
    """Until a statement answers something true. Raises TimeoutError."""
    until = time.monotonic() + patience
    with psycopg.connect(server.url(), autocommit=True) as connection:
        while not connection.execute(statement).fetchone()[0]:  # type: ignore[index]
            if time.monotonic() > until:
                raise TimeoutError(statement)
            time.sleep(0.05)


def kill(server: Server) -> None:
    """As when the machine goes: the server and every process of it at once."""
    found = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    for pid in (server.pid, *map(int, found)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def promote(standby: Server) -> None:
    """Makes the standby the primary, as an operator or their tool does."""
    with psycopg.connect(standby.url(), autocommit=True) as connection:
        connection.execute("SELECT pg_promote(true, 20)")


def cut_off(standby: Server) -> None:
    """Lets a standby lag behind for good: it no longer asks the primary for what it writes."""
    standby.execute("ALTER SYSTEM SET primary_conninfo = ''")
    standby.execute("SELECT pg_reload_conf()")
    wait_for(standby, "SELECT count(*) = 0 FROM pg_stat_wal_receiver")


class Clerk:
    """Writes numbers one after the other, as fast as they are acknowledged, and remembers which were."""

    def __init__(self, database: str) -> None:
        self.acknowledged: list[int] = []
        self._engine = connect(database)
        with Session(self._engine) as session, session.begin():
            session.execute(text("CREATE TABLE noted (number INTEGER PRIMARY KEY)"))
        self._writer = Writer(self._engine)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def _write(self) -> None:
        number = 0
        while not self._stopping.is_set():
            number += 1
            self._writer.run(_note, number)
            self.acknowledged.append(number)
            time.sleep(0.005)

    def lost(self) -> int:
        """Stops, and counts the acknowledged numbers that are not there."""
        self._stopping.set()
        self._thread.join(60)
        self._writer.stop()
        with self._engine.connect() as connection:
            there = set(connection.execute(text("SELECT number FROM noted")).scalars())
        self._engine.dispose()
        return len(set(self.acknowledged) - there)


def _note(session: Session, number: int) -> None:
    # again after a lost COMMIT: the number is the business key
    session.execute(text("INSERT INTO noted VALUES (:number) ON CONFLICT DO NOTHING"), {"number": number})


async def primary_dies(folder: Path, pushes: int, synchronous: bool = True) -> Fallen:
    """Kills the primary in the middle of a broadcast and promotes the standby. Not synchronous: the standby lags behind."""
    verdict = Fallen()
    with primary_and_standby(synchronous) as (primary, standby, url):
        async with crowd(url, folder, rate=RATE) as c:
            clerk = await asyncio.to_thread(Clerk, url)
            await asyncio.gather(c.join("one"), c.join("two"))
            await asyncio.to_thread(c.push, pushes)
            c.add_chores(40)
            talking = asyncio.create_task(c.talk(0.1))
            await c.until(lambda: c.sent() > 100 + pushes / 10, 60)
            if not synchronous:
                await asyncio.to_thread(cut_off, standby)
                await asyncio.sleep(1)
            await loses_its_primary(c, verdict, primary, standby)
            verdict.acknowledged = len(clerk.acknowledged)
            talking.cancel()
            await c.finish(90)
            verdict.acknowledged_lost = await asyncio.to_thread(clerk.lost)
            c.judge(verdict)
    return verdict


async def loses_its_primary(c: Crowd, verdict: Fallen, primary: Server, standby: Server) -> None:
    """The primary is killed, the standby promoted; the times until messages and updates go again are noted."""
    started = "SELECT count(*) FROM outbox WHERE state = 'started'"
    verdict.in_flight = await asyncio.to_thread(c.count, started)
    kill(primary)
    killed = time.monotonic()
    await asyncio.sleep(0.5)  # what was on the wire has arrived
    sent, asked = c.sent(), c.said
    await asyncio.to_thread(promote, standby)
    verdict.seconds["promoted"] = time.monotonic() - killed
    # both count: what had been started shows in the database of after, what was begun since then in the log of before
    verdict.in_flight = max(verdict.in_flight, await asyncio.to_thread(c.count, started, 30))
    await c.until(lambda: c.sent() > sent, 60)
    verdict.seconds["sent again"] = time.monotonic() - killed
    await c.until(lambda: c.count(f"SELECT count(*) FROM effect WHERE said = 'say {asked}'", 30) > 0, 60)
    verdict.seconds["updates handled again"] = time.monotonic() - killed
