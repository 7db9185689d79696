"""Runs migrations on a connection handed over by `bot.db.migrate`."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, BigInteger

from bot.db import base
from bot.db.base import Base
from bot.db.schema import load_tables


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Writes our own column types by their names in `bot.db.base`."""
    if kind == "type":
        for name in ("Json", "Id"):
            if item is getattr(base, name):
                return f"base.{name}"
        if isinstance(item, base.Instant):
            return "base.Instant()"
        if isinstance(item, JSON):
            return "base.Json"
        if isinstance(item, BigInteger) and item._variant_mapping:
            return "base.Id"
    return False


load_tables()
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transaction_per_migration=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
