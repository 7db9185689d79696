"""PostgreSQL: every table by COPY in one repeatable-read transaction, which is one snapshot; writers go on meanwhile.

Not by pg_dump: its version must fit the server's, and it is not in Davy's image (docs/adr/0039). The schema is not copied: a
revision says what it is, and the migrations make it.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, Engine, text

from bot.backup.model import BadBackup, Table
from bot.backup.places import BLOCK, durable

ENDING = ".copy.gz"
NOT_COPIED = "alembic_version"
_TABLES = text(
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"
)
_COLUMNS = text(
    "SELECT a.attname FROM pg_attribute a WHERE a.attrelid = CAST(:name AS regclass) AND a.attnum > 0 "
    "AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum"
)
_KEYS = text(
    "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) "
    "WHERE i.indrelid = CAST(:name AS regclass) AND i.indisprimary ORDER BY array_position(i.indkey, a.attnum)"
)
_NEEDS = text(
    "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint "
    "WHERE contype = 'f' AND conparentid = 0 AND connamespace = current_schema()::regnamespace"
)
_SEQUENCES = text("SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = current_schema()")


def take(engine: Engine, folder: Path) -> tuple[dict[str, Table], dict[str, int]]:
    """Writes every table into a file; answers them and where the counters stand."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # a slow disk is no dead process
        tables = {name: _write(connection, name, folder / f"{name}{ENDING}") for name in names(connection)}
        # counters do not belong to the snapshot: asked after it they are never behind its rows
        sequences = {row[0]: int(row[1]) for row in connection.execute(_SEQUENCES)}
    return tables, sequences


def names(connection: Connection) -> list[str]:
    """All tables whose rows are copied, without the months that belong to one."""
    return [name for name in connection.scalars(_TABLES) if name != NOT_COPIED]


def empty(connection: Connection) -> bool:
    """Whether nothing is there yet."""
    return connection.scalar(_TABLES) is None


def put(connection: Connection, folder: Path, tables: dict[str, Table], sequences: dict[str, int]) -> None:
    """Fills a schema of the same revision, in the caller's transaction, and looks whether each table reads as it was written.

    Raises BadBackup.
    """
    there = names(connection)
    if set(there) != set(tables):
        raise BadBackup(f"the tables are not those of its revision: {', '.join(sorted(set(there) ^ set(tables)))}")
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    connection.execute(text(f"TRUNCATE {', '.join(_quoted(name) for name in there)}"))  # what migrations put in
    for name in _ordered(connection, there):
        _load(connection, name, tables[name].columns, folder / f"{name}{ENDING}")
    for name, value in sequences.items():
        if value:
            connection.execute(text("SELECT setval(CAST(:name AS regclass), :value)"), {"name": name, "value": value})
    for name, table in tables.items():
        if _digest(connection, name, table.columns) != (table.rows, table.digest):
            raise BadBackup(f"the table {name} does not read as it was written")


def _ordered(connection: Connection, there: list[str]) -> list[str]:
    """What is referred to comes first; a table that refers to itself is one COPY, which is checked at its end."""
    needs: dict[str, set[str]] = {name: set() for name in there}
    for child, parent in connection.execute(_NEEDS):
        if child != parent and child in needs:
            needs[child].add(parent)
    return [name for name in TopologicalSorter(needs).static_order() if name in needs]


def _write(connection: Connection, name: str, path: Path) -> Table:
    columns = list(connection.scalars(_COLUMNS, {"name": _quoted(name)}))
    hashed, rows = hashlib.sha256(), 0
    with gzip.open(path, "wb", compresslevel=3) as file:
        for block in _blocks(connection, name, columns):
            hashed.update(block)
            rows += block.count(b"\n")
            file.write(block)
    durable(path)
    return Table(columns, rows, hashed.hexdigest())


def _digest(connection: Connection, name: str, columns: list[str]) -> tuple[int, str]:
    hashed, rows = hashlib.sha256(), 0
    for block in _blocks(connection, name, columns):
        hashed.update(block)
        rows += block.count(b"\n")
    return rows, hashed.hexdigest()


def _blocks(connection: Connection, name: str, columns: list[str]) -> Iterator[bytes]:
    """The rows in COPY's text form, a line each, in the order of their key, so that the same rows are the same bytes."""
    keys = list(connection.scalars(_KEYS, {"name": _quoted(name)})) or columns
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        _list(columns), sql.Identifier(name), _list(keys)
    )
    with _driver(connection).cursor() as cursor, cursor.copy(query) as copy:
        for block in copy:
            yield bytes(block)


def _load(connection: Connection, name: str, columns: list[str], path: Path) -> None:
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), _list(columns))
    with gzip.open(path, "rb") as file, _driver(connection).cursor() as cursor, cursor.copy(query) as copy:
        while block := file.read(BLOCK):
            copy.write(block)


def _list(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(each) for each in columns)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
