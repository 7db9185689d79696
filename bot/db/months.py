"""History by month: on PostgreSQL a table that is partitioned by month, so that forgetting a month is dropping a table.

On SQLite the same table is whole. Rows come into it when they are history already, so that every unique key stays where it is:
a key cannot span partitions. What finds no month goes into the partition `..._rest`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import Table, delete, select, text
from sqlalchemy.orm import Session

from bot.db.base import Base
from bot.db.once import changed

MOST_MOVED = 50_000
"""So many rows of a month may lie in `..._rest` for it to get its own partition: moving more would hold up the writer."""


def by_month(column: str) -> dict[str, object]:
    """For `__table_args__`: rows belong to the month (UTC) of that column, which must be in the primary key."""
    return {"postgresql_partition_by": f"RANGE ({column})", "info": {"month_of": column}}


def monthly_tables() -> list[Table]:
    """All tables that are divided by month."""
    return [table for table in Base.metadata.sorted_tables if "month_of" in table.info]


def month(at: datetime, ahead: int = 0) -> datetime:
    """The first instant of the month of `at`, or of one so many months later."""
    number = at.astimezone(UTC).year * 12 + at.astimezone(UTC).month - 1 + ahead
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)


def ensure(session: Session, table: Table, months: set[datetime]) -> list[str]:
    """Makes the partitions of months that have none yet; answers their names. Nothing on SQLite."""
    if session.get_bind().dialect.name != "postgresql":
        return []
    there = partitions(session, table)
    missing = sorted(first for first in months if first not in there)
    if missing or not there:
        session.execute(text(f"CREATE TABLE IF NOT EXISTS {table.name}_rest PARTITION OF {table.name} DEFAULT"))
    return [name for first in missing if (name := _make(session, table, first)) is not None]


def partitions(session: Session, table: Table) -> dict[datetime, str]:
    """The months that have a partition, with its name."""
    query = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:parent AS regclass)")
    found = {}
    for name in session.scalars(query, {"parent": table.name}):
        if said := re.search(r"_y(\d{4})m(\d{2})$", name):
            found[datetime(int(said[1]), int(said[2]), 1, tzinfo=UTC)] = name
    return found


def forget(session: Session, table: Table, before: datetime, most: int) -> int:
    """Forgets history before an instant; answers how many rows a further slice may find, 0 at the end.

    PostgreSQL drops the months that have ended by then; elsewhere, and in what lies in no month, the oldest rows go in slices.
    """
    if session.get_bind().dialect.name == "postgresql":
        for first, name in partitions(session, table).items():
            if month(first, 1) <= before:
                session.execute(text(f"DROP TABLE {name}"))
    column, key = table.c[table.info["month_of"]], next(iter(table.primary_key))
    if session.get_bind().dialect.name == "postgresql":
        rest = text(f"DELETE FROM {table.name}_rest WHERE {column.name} < :before").bindparams(before=before)
        session.execute(rest)
        return 0
    oldest = select(key).order_by(key).limit(most).scalar_subquery()
    return changed(session, delete(table).where(key.in_(oldest), column < before))


def _make(session: Session, table: Table, first: datetime) -> str | None:
    name, column = f"{table.name}_y{first:%Y}m{first:%m}", table.info["month_of"]
    starts, ends = first.isoformat(), month(first, 1).isoformat()
    inside = f"{column} >= '{starts}' AND {column} < '{ends}'"
    bounds = f"FOR VALUES FROM ('{starts}') TO ('{ends}')"
    waiting = session.scalar(
        text(f"SELECT count(*) FROM (SELECT 1 FROM {table.name}_rest WHERE {inside} LIMIT {MOST_MOVED + 1}) AS lying")
    )
    if waiting == 0:
        session.execute(text(f"CREATE TABLE {name} PARTITION OF {table.name} {bounds}"))
        return name
    if waiting is None or waiting > MOST_MOVED:
        return None
    session.execute(text(f"CREATE TABLE {name} (LIKE {table.name} INCLUDING DEFAULTS)"))
    taken = f"WITH taken AS (DELETE FROM {table.name}_rest WHERE {inside} RETURNING *)"
    session.execute(text(f"{taken} INSERT INTO {name} SELECT * FROM taken"))
    session.execute(text(f"ALTER TABLE {table.name} ATTACH PARTITION {name} {bounds}"))
    return name
