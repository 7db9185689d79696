"""What is lost when the disk is: rows are written and acknowledged at a steady rate, writer and database are killed and their disk

is taken as gone, what was kept elsewhere is restored on an empty one, and counted. `python -m bench losing [--litestream FILE]`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.backup.restoring import restore
from bot.backup.taking import take
from bot.db.engine import connect
from bot.db.migrate import upgrade
from bot.db.once import insert_once
from bot.db.writer import Writer
from bot.delivery.tables import HeardRow
from tests.postgres import REPLICATING, _running, running_postgres

RATE = 200
WARM_S, AFTER_S = 3.0, 4.0
ARCHIVE_TIMEOUT_S = 2


@dataclass(frozen=True)
class Loss:
    """What became of the rows: acknowledged when the copy began (None: it never ends), in all, and found afterwards."""

    way: str
    begun: int | None
    acknowledged: int
    kept: int
    whole: bool
    """Whether nothing in the middle is missing."""


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "--litestream", default=shutil.which("litestream") or "", help="its program, where it is not found"
    )
    parser.add_argument("--seconds", type=float, default=AFTER_S, help="of writing after the copy began")


def measure(chosen: argparse.Namespace) -> Iterator[str]:
    """A table, a way in each line."""
    yield f"| way, {RATE} rows a second | there when it began | there at the crash | lost | that is | hole |"
    yield "|---|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        for way in (backup_of_sqlite, backup_of_postgresql, archive_of_postgresql):
            yield _line(way(Path(folder) / way.__name__, chosen.seconds))
        if chosen.litestream:
            yield _line(litestream(Path(folder) / "litestream", chosen.seconds, chosen.litestream))
        else:
            yield "| Litestream | not tried: its program is not here (`--litestream FILE`) | | | | |"


def _line(loss: Loss) -> str:
    lost = loss.acknowledged - loss.kept
    begun = "continuously" if loss.begun is None else f"{loss.begun:,}"
    hole = "no" if loss.whole else "**yes**"
    return (
        f"| {loss.way} | {begun} | {loss.acknowledged:,} | {lost:,} | the last {max(0, lost) / RATE:.1f} s | {hole} |"
    )


def backup_of_sqlite(folder: Path, seconds: float) -> Loss:
    """`davy backup`, then the disk is gone."""
    url = f"sqlite:///{folder}/davy.sqlite3"
    folder.mkdir()
    upgrade(url)
    return _backed_up("`davy backup`, SQLite", url, f"sqlite:///{folder}/again.sqlite3", folder, seconds)


def backup_of_postgresql(folder: Path, seconds: float) -> Loss:
    """The same with the other engine."""
    folder.mkdir()
    with running_postgres(durable=True) as server:
        url, again = server.create_database("davy"), server.create_database("again")
        upgrade(url)
        return _backed_up("`davy backup`, PostgreSQL", url, again, folder, seconds)


def _backed_up(way: str, url: str, again: str, folder: Path, seconds: float) -> Loss:
    with writing(url, folder) as written:
        time.sleep(WARM_S)
        begun = written()
        made = take(url, folder / "media", folder / "backups", "here", datetime.now(UTC))
        time.sleep(seconds)
    restore(made, again, folder / "new-media")
    return _counted(way, begun, written(), again)


def archive_of_postgresql(folder: Path, seconds: float) -> Loss:
    """WAL is archived as docs/howto/back-up-and-restore.md says; the server is killed, and another made from base and archive."""
    folder.mkdir()
    archive = Path(tempfile.mkdtemp(prefix="davy-wal-"))
    archive.chmod(0o777)
    settings = REPLICATING | {
        "archive_mode": "on", "archive_timeout": str(ARCHIVE_TIMEOUT_S),
        "archive_command": f"test ! -f {archive}/%f && cp %p {archive}/.%f && mv {archive}/.%f {archive}/%f",
    }  # fmt: skip
    follow = REPLICATING | {"restore_command": f"cp {archive}/%f %p", "primary_conninfo": "", "archive_mode": "off"}
    try:
        with running_postgres(durable=True, more=settings) as primary:
            url = primary.create_database("davy")
            upgrade(url)
            base = ["-d", primary.url(), "-R", "-X", "none", "--no-sync", "-c", "fast"]
            with _running(["pg_basebackup", *base], True, follow) as other:
                with writing(url, folder) as written:
                    time.sleep(WARM_S + seconds)
                    os.kill(primary.pid, signal.SIGKILL)
                _promote(other.url())
                way = f"WAL archiving, PostgreSQL, `archive_timeout = {ARCHIVE_TIMEOUT_S}`"
                return _counted(way, None, written(), other.url("davy"))
    finally:
        shutil.rmtree(archive)


def _promote(url: str) -> None:
    """When it has read all there is in the archive."""
    with psycopg.connect(url, autocommit=True) as connection:
        seen, until = None, time.monotonic() + 60
        while time.monotonic() < until:
            now = connection.execute("SELECT pg_last_wal_replay_lsn()").fetchone()
            if now == seen:
                break
            seen = now
            time.sleep(6)  # a standby asks its archive again every five seconds
        connection.execute("SELECT pg_promote()")


def litestream(folder: Path, seconds: float, program: str) -> Loss:
    """Litestream as docs/howto/back-up-and-restore.md says, with a folder as its replica; both are killed at once."""
    folder.mkdir()
    database, replica = folder / "davy.sqlite3", folder / "replica"
    upgrade(f"sqlite:///{database}")
    config = folder / "litestream.yml"
    config.write_text(f"dbs:\n  - path: {database}\n    replicas:\n      - type: file\n        path: {replica}\n")
    running = subprocess.Popen(
        [program, "replicate", "-config", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(2)
        with writing(f"sqlite:///{database}", folder) as written:
            time.sleep(WARM_S + seconds)
    finally:
        running.kill()
        running.wait()
    again = folder / "again.sqlite3"
    subprocess.run([program, "restore", "-config", str(config), "-o", str(again), str(database)], check=True)
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout.strip()
    return _counted(f"Litestream {version}, SQLite, as shipped", None, written(), f"sqlite:///{again}")


@contextmanager
def writing(url: str, folder: Path) -> Iterator[Callable[[], int]]:
    """A process that writes and says what was acknowledged; killed at the end. Yields how many there are."""
    notes = folder / "acknowledged"
    process = subprocess.Popen([sys.executable, "-m", "bench.losing", url, str(notes)])

    def acknowledged() -> int:
        return len(notes.read_bytes()) if notes.exists() else 0

    try:
        until = time.monotonic() + 60
        while not acknowledged() and time.monotonic() < until:
            time.sleep(0.02)
        yield acknowledged
    finally:
        process.kill()
        process.wait()


def write(url: str, notes: str) -> None:
    """The process: a row, its commit, a byte in a file, and on at the rate; several threads, as people are several."""
    writer = Writer(connect(url))
    file = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    numbers, lock, begun = iter(range(10**9)), threading.Lock(), time.monotonic()

    def one() -> None:
        while True:
            with lock:
                number = next(numbers)
            time.sleep(max(0.0, begun + number / RATE - time.monotonic()))
            writer.run(insert_once, HeardRow, {"name": f"n{number:08}", "at": datetime.now(UTC)})
            os.write(file, b".")

    threads = [threading.Thread(target=one, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    threads[0].join()


def _counted(way: str, begun: int | None, acknowledged: int, url: str) -> Loss:
    engine = connect(url)
    with Session(engine) as session:
        mine = HeardRow.name.startswith("n")
        kept = session.scalar(select(func.count()).where(mine)) or 0
        last = session.scalar(select(func.max(HeardRow.name)).where(mine)) or "n-1"
    engine.dispose()
    return Loss(
        way, begun, acknowledged, kept, int(last[1:]) + 1 - kept <= 8
    )  # what the threads had begun beside one another


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2])
