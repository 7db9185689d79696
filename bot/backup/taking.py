"""Taking a backup. The bot may run: nothing waits for it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from bot.backup import files, postgres, sqlite
from bot.backup.model import BadBackup, Manifest, Table, written
from bot.backup.places import MANIFEST, MEDIA, MEDIA_LIST, NAMED, digest_of, durable
from bot.db.engine import connect
from bot.db.migrate import revision_of


def take(database_url: str, media: Path, place: Path, installation: str, now: datetime) -> Path:
    """Writes a whole backup into a place and answers its folder. Raises BadBackup, BadDatabase, OSError.

    It becomes visible when it is whole: until then its name begins with a dot, and what an interrupted one left is taken away.
    """
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = place / now.strftime(NAMED)
    if folder.exists():
        raise BadBackup(f"{folder} is there already: another backup was taken in this second")
    unfinished = place / f".{folder.name}.{os.getpid()}"
    with _private(), _engine(database_url) as engine:
        unfinished.mkdir(mode=0o700)
        try:
            manifest = _fill(engine, media, place, unfinished, installation, now)
            (unfinished / MANIFEST).write_text(written(manifest), encoding="utf-8")
            durable(unfinished / MANIFEST)
            durable(unfinished)
            unfinished.replace(folder)
            durable(place)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _fill(engine: Engine, media: Path, place: Path, folder: Path, installation: str, now: datetime) -> Manifest:
    with engine.connect().execution_options(read_only=True) as connection:
        revision = revision_of(connection)
    if revision is None:
        raise BadBackup("the database is empty: there is nothing to back up (DAVY_DATABASE_URL)")
    tables: dict[str, Table] = {}
    sequences: dict[str, int] = {}
    if engine.dialect.name == "sqlite":
        rows = sqlite.take(str(engine.url.database), folder)
    else:
        tables, sequences = postgres.take(engine, folder)
        rows = {name: table.rows for name, table in tables.items()}
    names = files.copy_all(media, place / MEDIA)  # after the rows that name them
    (folder / MEDIA_LIST).write_text("\n".join(names), encoding="utf-8")
    durable(folder / MEDIA_LIST)
    digests = {path.name: digest_of(path) for path in sorted(folder.iterdir())}
    return Manifest(
        made_at=now, engine=engine.dialect.name, revision=revision, installation=installation,
        files=digests, rows=rows, media=len(names), tables=tables, sequences=sequences,
    )  # fmt: skip


@contextlib.contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextlib.contextmanager
def _private() -> Iterator[None]:
    """What is written is readable by its owner alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
