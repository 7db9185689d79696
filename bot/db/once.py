"""Inserting a row once: the business key decides, on both engines, in one statement that is built once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Executable, Table, Update
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
    """Inserts those of `values` whose key is new; answers the first key columns of the new rows."""
    if not values:
        return set()
    statement = _statement(row, session.get_bind().dialect.name, on)
    return set(session.execute(statement, [dict(v) for v in values]).scalars())


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
