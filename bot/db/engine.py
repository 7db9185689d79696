"""Engines. SQLite is embedded: WAL, full sync, IMMEDIATE transactions; PostgreSQL by psycopg 3."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

BUSY_MS = 15_000
"""How long a short writer (a CLI command) waits for the serving process."""
STATEMENTS = 2000
"""So many compiled statements are kept: all rooms have more shapes than SQLAlchemy's own 500, and would push each other out."""
IDLE_IN_TRANSACTION_MS = 5_000
"""PostgreSQL ends the session of a process that stands still in the middle of a transaction: its locks must hold up no replica."""
LIFE_SIGNS = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""A primary whose machine is gone says nothing: these find it out in about ten seconds. The address may set them otherwise."""
SEVERAL = re.compile(r"^(?P<before>[a-z+]+://(?:[^@/?]*@)?)(?P<hosts>[^/?@]*,[^/?@]*)(?P<after>[/?].*)?$")


class BadDatabase(Exception):
    """The database cannot be opened; the text says why in one line and what to do."""


def connect(url: str, *, readers: int = 4) -> Engine:
    """An engine for an address `sqlite:///FILE` or `postgresql://...`. Raises BadDatabase on an address that means nothing."""
    parsed = address(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url, parsed.database, readers)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed, readers)
    raise BadDatabase(f"DAVY_DATABASE_URL names {parsed.get_backend_name()!r}; Davy runs on sqlite or postgresql")


def address(url: str) -> URL:
    """An address as the driver takes it. Raises BadDatabase.

    Several hosts may be written as libpq takes them (`postgresql://user:password@a:5432,b:5432/davy`, or `?host=a,b`): then only
    the one that can be written is taken, which after a failover is another than before.
    """
    try:
        parsed = make_url(_libpq(url))
    except (ArgumentError, ValueError) as error:
        shown = re.sub(r"//[^@/]*@", "//***@", url)
        words = f"is not an address like sqlite:///data/davy.sqlite3 or postgresql://USER:PASSWORD@HOST/NAME: {shown!r}"
        raise BadDatabase(f"DAVY_DATABASE_URL {words}") from error
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        if len(hosts(parsed)) > 1 and "target_session_attrs" not in parsed.query:
            parsed = parsed.update_query_dict({"target_session_attrs": "read-write"})
    return parsed


def hosts(url: URL) -> list[str]:
    """The hosts of an address, in the order in which they are tried; empty for the one of this machine."""
    given = url.query.get("host", url.host or "")
    names = given.split(",") if isinstance(given, str) else [name for each in given for name in each.split(",")]
    return [name for name in names if name]


def _libpq(url: str) -> str:
    """Hosts and ports that stand between `//` and `/`, where SQLAlchemy takes one, as the parameters `host` and `port`."""
    found = SEVERAL.match(url)
    if found is None:
        return url
    pairs = [
        each.rpartition(":") if re.search(r":\d*$", each) else (each, "", "") for each in found["hosts"].split(",")
    ]
    names, ports = ",".join(quote(p[0].strip("[]"), safe="") for p in pairs), ",".join(p[2] or "5432" for p in pairs)
    rest = found["after"] or "/"
    return f"{found['before']}{rest}{'&' if '?' in rest else '?'}host={names}&port={ports}"


def _postgresql(url: URL, readers: int) -> Engine:
    engine = create_engine(
        url,
        connect_args={name: value for name, value in LIFE_SIGNS.items() if name not in url.query},
        pool_size=readers + 1,
        max_overflow=readers,
        pool_pre_ping=True,
        query_cache_size=STATEMENTS,
        hide_parameters=True,  # as below
    )

    @event.listens_for(engine, "connect")
    def _limits(connection: Any, _: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE_IN_TRANSACTION_MS}")
        connection.commit()

    return engine


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
        query_cache_size=STATEMENTS,
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
        cursor.execute(
            "PRAGMA secure_delete=ON"
        )  # what is erased leaves the file too; not every build does so by itself
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
DOWN_STATES = ("08", "53", "57", "25006", "25P03")
"""PostgreSQL's classes of connection trouble, lack of resources and an operator's intervention; a standby that cannot be

written (25006), and a session that was ended because its process stood still (25P03).
"""


def is_down(error: BaseException) -> bool:
    """Whether an error says that the database itself does not work, and not that one statement was wrong."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return error.connection_invalidated or state.startswith(DOWN_STATES)
    words = str(error.orig).lower()
    return error.connection_invalidated or any(word in words for word in DOWN_WORDS) or "connection" in words


GONE_STATES = ("08", "57P", "25006", "25P03")


def is_gone(error: BaseException) -> bool:
    """Whether there is no PostgreSQL at the moment that can be written, though there may be one again soon; never for SQLite."""
    if not isinstance(error, DBAPIError) or not type(error.orig).__module__.startswith("psycopg"):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return bool(state.startswith(GONE_STATES))
    # the driver's own words, before the server said anything
    return error.connection_invalidated or "connection" in str(error.orig).lower()
