"""Inserting a row once: the business key decides, on both engines, in one statement that is built once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import cache
from typing import Any, cast

from sqlalchemy import JSON, CursorResult, Delete, Executable, Table, Text, Update, bindparam, column, func, select
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.db.base import Base


def table_of(row: type[Base]) -> Table:
    """The Core table of a mapped class, for prebuilt statements."""
    return cast(Table, row.__table__)


def insert_once(session: Session, row: type[Base], values: Mapping[str, Any], on: str | None = None) -> Any:
    """Inserts `values` unless a row with that key is there; answers its first key column, None where it was there before.

    `on` names the unique column that may collide; left out, any of them.
    """
    statement = _statement(row, session.get_bind().dialect.name, on)
    return session.execute(statement, dict(values)).scalar()


def insert_many_once(
    session: Session, row: type[Base], values: Sequence[Mapping[str, Any]], on: str | None = None
) -> set[Any]:
    """Inserts those of `values` (all with the same columns) whose key is new; answers the first key columns of the new rows."""
    if not values:
        return set()
    engine = session.get_bind().dialect.name
    if engine == "postgresql":
        given = json.dumps(values, default=_as_text, ensure_ascii=False)
        return set(session.execute(_from_json(row, tuple(values[0]), on), {"given": given}).scalars())
    return set(session.execute(_statement(row, engine, on), [dict(v) for v in values]).scalars())


@cache
def _from_json(row: type[Base], names: tuple[str, ...], on: str | None) -> Executable:
    """All rows as one parameter: with a parameter a value each number of rows is a statement of its own, and parsed for long."""
    table = table_of(row)
    columns = [column(name, table.c[name].type) for name in names]
    rows = func.json_to_recordset(cast_to(bindparam("given", type_=Text), JSON)).table_valued(*columns, name="given")
    insert = postgresql.insert(table).from_select(list(names), select(*rows.render_derived(with_types=True).c))
    return insert.on_conflict_do_nothing(index_elements=[on] if on else None).returning(next(iter(table.primary_key)))


def _as_text(value: Any) -> str:
    """What JSON has no form for, as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a datetime without a zone")
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"no column holds a {type(value).__name__}")


@cache
def _statement(row: type[Base], engine: str, on: str | None) -> Executable:
    table = table_of(row)
    insert = sqlite.insert(table) if engine == "sqlite" else postgresql.insert(table)
    # RETURNING, not the row count: an insert's row count means nothing where keys are fetched
    return insert.on_conflict_do_nothing(index_elements=[on] if on else None).returning(next(iter(table.primary_key)))


def upsert_many(session: Session, row: type[Base], values: Sequence[Mapping[str, Any]]) -> None:
    """Inserts `values`, all columns given; where the primary key is there, they take the place of what stood."""
    if values:
        session.connection().execute(_upsert(row, session.get_bind().dialect.name), [dict(v) for v in values])


@cache
def _upsert(row: type[Base], engine: str) -> Executable:
    table = table_of(row)
    insert = sqlite.insert(table) if engine == "sqlite" else postgresql.insert(table)
    rest = {column.name: insert.excluded[column.name] for column in table.c if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)


def changed(session: Session, statement: Update | Delete) -> int:
    """How many rows an UPDATE or DELETE touched: the answer to `did I win?`."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
