"""Runs migrations on a connection handed over by `bot.db.migrate`."""

from __future__ import annotations

from alembic import context

from bot.db.base import Base
from bot.db.schema import load_tables

load_tables()
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transaction_per_migration=True,
    user_module_prefix="base.",
)
with context.begin_transaction():
    context.run_migrations()
