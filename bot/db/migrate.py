"""Bringing a database to the newest schema. On SQLite foreign keys are off meanwhile and checked afterwards:

a batch change makes a table anew, and with foreign keys on that was seen to cascade (docs/adr/0002).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.db import months
from bot.db.engine import BadDatabase, connect
from bot.db.schema import load_tables
from bot.kit.clock import SystemClock

SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(url: str, to: str = "head") -> None:
    """Makes or updates the schema. Raises BadDatabase in one clear line where that cannot be."""
    _move(url, to, command.upgrade)


def step_back(url: str, to: str) -> None:
    """Takes the schema back to an older revision, whose version is to run again. What only newer ones know is lost.

    Raises BadDatabase, also where there is no such revision.
    """
    if not known(to):
        raise BadDatabase(f"there is no revision {to!r}; the newest here is {newest()}")
    _move(url, to, command.downgrade)


def _move(url: str, to: str, by: Callable[[Config, str], None]) -> None:
    engine = connect(url)
    try:
        with engine.connect() as connection:
            sqlite = connection.dialect.name == "sqlite"
            if sqlite:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(
                    "SELECT pg_advisory_xact_lock(72616)"
                )  # one replica migrates, the others wait
                # a step that thinks for long between two statements is no process that stands still
                connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            there = revision_of(connection)
            if there is not None and not known(there):
                raise BadDatabase(
                    f"the database is that of a newer Davy (schema {there}): start that version, or let it go back with "
                    f"davy migrate --back {newest()}"
                )
            by(config(connection), to)
            if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise BadDatabase(
                    f"the migration would leave {len(broken)} rows without what they refer to; nothing was changed"
                )
            _make_months(connection)
            connection.commit()
    except OperationalError as error:
        words = str(error.orig).strip().splitlines()[0]
        raise BadDatabase(
            f"the database cannot be used: {words}; check DAVY_DATABASE_URL, its rights and its disk"
        ) from None
    finally:
        engine.dispose()


def _make_months(connection: Connection) -> None:
    """On PostgreSQL a table that is divided by month takes no row before it has a partition."""
    load_tables()
    now = SystemClock().now()
    with Session(connection) as session:
        for table in months.monthly_tables():
            if inspect(connection).has_table(table.name):  # an older revision may have been asked for
                months.ensure(session, table, {months.month(now), months.month(now, 1)})
        session.commit()


def config(connection: Connection) -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS))
    made.attributes["connection"] = connection
    return made


def revision_of(connection: Connection) -> str | None:
    """The revision a database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def known(revision: str) -> bool:
    """Whether this program has a revision; a newer one's it has not."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS))
    return any(script.revision == revision for script in ScriptDirectory.from_config(made).walk_revisions())


def newest() -> str | None:
    """The revision this program needs."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS))
    return ScriptDirectory.from_config(made).get_current_head()
