"""Migrations lead to exactly the tables that the code has, on both engines, and leave what is there alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from bot.db.base import Base
from bot.db.engine import connect
from bot.db.migrate import newest, revision_of, upgrade
from bot.db.schema import load_tables
from bot.library.loading import load_shipped
from bot.onboarding.sample import load_sample

PARTITION = re.compile(r"_(rest|y\d{4}m\d{2})$")
"""Months of history on PostgreSQL are made by a tick, not by migrations."""


def test_an_empty_database_becomes_what_the_tables_say(empty_database_url: str) -> None:
    """No difference is left, and the revision is the newest."""
    upgrade(empty_database_url)
    load_tables()
    engine = connect(empty_database_url)
    with engine.connect() as connection:
        whole = {"compare_type": True, "include_name": lambda name, kind, _: not PARTITION.search(name or "")}
        context = MigrationContext.configure(connection, opts=whole)
        assert compare_metadata(context, Base.metadata) == []
        assert revision_of(connection) == newest()
    engine.dispose()


def test_a_database_in_use_keeps_every_row(empty_database_url: str) -> None:
    """Brought up to date again and again, a company and its content stay as they are."""
    now = datetime(2026, 11, 18, 15, tzinfo=UTC)
    upgrade(empty_database_url)
    engine = connect(empty_database_url)
    with Session(engine) as session, session.begin():
        load_sample(session, now)
        load_shipped(session, now)
    before = _counts(engine)
    upgrade(empty_database_url)
    assert _counts(engine) == before
    assert before["person"] > 10
    assert before["fact"] > 0
    engine.dispose()


def _counts(engine: object) -> dict[str, int]:
    with engine.connect() as connection:  # type: ignore[attr-defined]
        names = inspect(connection).get_table_names()
        return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in names}
