"""SQLite: copied by its own backup API in one step, which is one snapshot; in WAL mode writers go on meanwhile."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

from bot.backup.model import BadBackup
from bot.backup.places import durable

FILE = "database.sqlite3"


def take(database: str, folder: Path) -> dict[str, int]:
    """Copies a database that may be in use; answers the rows of each table. Raises BadBackup where the copy is not sound."""
    target = folder / FILE
    with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
        # all pages at once: in parts it would begin anew with every commit, and never end beside a busy writer
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        rows = sound(copy)
    durable(target)
    return rows


def sound(connection: sqlite3.Connection) -> dict[str, int]:
    """The rows of each table. Raises BadBackup where a page is damaged or a row names one that is not there."""
    (word,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if word != "ok" or connection.execute("PRAGMA foreign_key_check").fetchone():
        raise BadBackup(f"the copy is not sound ({word}): look at the disk, and take another")
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names.fetchall()}


def empty(database: str) -> bool:
    """Whether nothing is there yet."""
    return not any(Path(f"{database}{ending}").exists() for ending in ("", "-wal", "-journal"))


def put(folder: Path, database: str) -> dict[str, int]:
    """Puts the copy where a database shall be; answers the rows of each table. Raises BadBackup."""
    target = Path(database)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.part")
    shutil.copyfile(folder / FILE, unfinished)
    durable(unfinished)
    with contextlib.closing(sqlite3.connect(unfinished)) as copy:
        rows = sound(copy)
    unfinished.replace(target)
    durable(target.parent)
    return rows
