"""Restoring a backup into an empty place: database and media. Nothing that is there is ever written over."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, delete, update

from bot.backup import files, postgres, sqlite
from bot.backup.model import BadBackup, Manifest
from bot.backup.places import MEDIA, digest_of, manifest_of, media_of
from bot.db.engine import address, connect
from bot.db.migrate import known, upgrade
from bot.db.once import table_of
from bot.delivery.tables import LeaseRow, OutboxRow, ReplicaRow


def check(folder: Path) -> Manifest:
    """Looks whether a backup is whole: every file as it was written. Raises BadBackup."""
    manifest = manifest_of(folder)
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file() or digest_of(path) != digest:
            raise BadBackup(f"{path}: missing or damaged; restore an older backup")
    files.check(folder.parent / MEDIA, media_of(folder))
    return manifest


def restore(folder: Path, database_url: str, media: Path) -> Manifest:
    """Puts a backup into an empty database and an empty folder, and brings it to this program's schema.

    Raises BadBackup: where the backup is damaged or of another engine, or the place is not empty. Whoever calls erases again what
    was to be erased, before anything is served.
    """
    manifest = check(folder)
    url = address(database_url)
    if url.get_backend_name() != manifest.engine:
        raise BadBackup(f"it is of {manifest.engine}, and DAVY_DATABASE_URL names {url.get_backend_name()}")
    if not known(manifest.revision):
        raise BadBackup(f"its schema {manifest.revision} is unknown here: restore it with a newer Davy")
    if any(media.glob("??/*")):
        raise BadBackup(f"{media} is not empty: a backup goes into an empty place only; set DAVY_DATA_DIR to one")
    if manifest.engine == "sqlite":
        _into_sqlite(folder, str(url.database), manifest)
    else:
        _into_postgres(folder, database_url, manifest)
    files.copy_named(folder.parent / MEDIA, media_of(folder), media)
    upgrade(database_url)
    engine = connect(database_url)
    try:
        _settle(engine)
    finally:
        engine.dispose()
    return manifest


def _into_sqlite(folder: Path, database: str, manifest: Manifest) -> None:
    if not sqlite.empty(database):
        raise BadBackup(f"{database} is there already: a backup goes into an empty place only; move it away")
    if sqlite.put(folder, database) != manifest.rows:
        raise BadBackup(f"{database}: the rows are not those of the manifest")


def _into_postgres(folder: Path, database_url: str, manifest: Manifest) -> None:
    engine = connect(database_url)
    try:
        with engine.connect() as connection:
            if not postgres.empty(connection):
                raise BadBackup("the database has tables already: a backup goes into an empty one only; make another")
        upgrade(database_url, manifest.revision)
        with engine.begin() as connection:
            postgres.put(connection, folder, manifest.tables, manifest.sequences)
    finally:
        engine.dispose()


def _settle(engine: Engine) -> None:
    """What was to be sent may have been sent since: it counts as uncertain, so that an alert says that it is a repeat."""
    outbox = table_of(OutboxRow)
    with engine.begin() as connection:
        connection.execute(
            update(outbox).where(outbox.c.state.in_(("waiting", "started"))).values(state="waiting", uncertain=True)
        )
        connection.execute(
            update(table_of(LeaseRow)).values(until=0)
        )  # their holders are of another time; fences only grow
        connection.execute(delete(table_of(ReplicaRow)))
