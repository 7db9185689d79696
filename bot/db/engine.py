"""Engines. SQLite is embedded: WAL, full sync, IMMEDIATE transactions; PostgreSQL by psycopg 3."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

BUSY_MS = 15_000
"""How long a short writer (a CLI command) waits for the serving process."""


class BadDatabase(Exception):
    """The database cannot be opened; the text says why in one line and what to do."""


def connect(url: str, *, readers: int = 4) -> Engine:
    """An engine for an address `sqlite:///FILE` or `postgresql://...`. Raises BadDatabase on an address that means nothing."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadDatabase(f"DAVY_DATABASE_URL is not an address like sqlite:///data/davy.sqlite3: {url!r}") from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url, parsed.database, readers)
    if parsed.get_backend_name() == "postgresql":
        driver = parsed.set(drivername="postgresql+psycopg")
        return create_engine(
            driver, pool_size=readers + 1, max_overflow=readers, pool_pre_ping=True, hide_parameters=True
        )
    raise BadDatabase(f"DAVY_DATABASE_URL names {parsed.get_backend_name()!r}; Davy runs on sqlite or postgresql")


def _sqlite(url: str, database: str | None, readers: int) -> Engine:
    if not database or database == ":memory:":
        raise BadDatabase("SQLite needs a file (sqlite:///data/davy.sqlite3): memory is lost at the first restart")
    try:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadDatabase(f"the folder of the database {database} cannot be made: {error.strerror}") from error
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
        pool_size=readers + 1,
        hide_parameters=True,  # errors go to logs and to parked updates, and must not hold what people wrote
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours, below: the driver's own would take the lock too late
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.execute("PRAGMA cache_size=-32000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # read_only is an execution option set by readers: they must not queue for the one write lock
        deferred = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")

    return engine


DOWN_WORDS = ("disk", "readonly", "read-only", "unable to open", "database is locked", "malformed")
DOWN_STATES = ("08", "53", "57")
"""PostgreSQL's classes of connection trouble, lack of resources and an operator's intervention."""


def is_down(error: BaseException) -> bool:
    """Whether an error says that the database itself does not work, and not that one statement was wrong."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return error.connection_invalidated or state.startswith(DOWN_STATES)
    words = str(error.orig).lower()
    return error.connection_invalidated or any(word in words for word in DOWN_WORDS) or "connection" in words
