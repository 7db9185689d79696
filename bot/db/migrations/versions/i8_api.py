"""other programs: tokens, idempotency keys, webhooks and their calls"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import base

revision = "i8_api"
down_revision = "i9_trust"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("live_name", sa.String(length=40), nullable=True),
        sa.Column("owner_id", base.Id, nullable=False),
        sa.Column("units", base.Json, nullable=False),
        sa.Column("scopes", base.Json, nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("expires_at", base.Instant(), nullable=False),
        sa.Column("used_at", base.Instant(), nullable=True),
        sa.Column("revoked_at", base.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_api_token_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
        sa.UniqueConstraint("live_name", name=op.f("uq_api_token_live_name")),
    )
    op.create_index(op.f("ix_api_token_owner_id"), "api_token", ["owner_id"])
    op.create_table(
        "api_once",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_api_once")),
    )
    op.create_index(op.f("ix_api_once_at"), "api_once", ["at"])
    op.create_table(
        "webhook",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("live_name", sa.String(length=40), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("owner_id", base.Id, nullable=False),
        sa.Column("units", base.Json, nullable=False),
        sa.Column("scopes", base.Json, nullable=False),
        sa.Column("events", base.Json, nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("removed_at", base.Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", base.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_webhook_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("live_name", name=op.f("uq_webhook_live_name")),
    )
    op.create_index(op.f("ix_webhook_owner_id"), "webhook", ["owner_id"])
    op.create_table(
        "webhook_call",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("key", sa.String(length=240), nullable=False),
        sa.Column("webhook_id", base.Id, nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("payload", base.Json, nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", base.Instant(), nullable=False),
        sa.Column("gives_up_at", base.Instant(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("done_at", base.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_call_webhook_id_webhook")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_call")),
        sa.UniqueConstraint("key", name=op.f("uq_webhook_call_key")),
    )
    op.create_index("ix_webhook_call_due", "webhook_call", ["webhook_id", "state", "next_at"])
    op.create_index(op.f("ix_webhook_call_person_id"), "webhook_call", ["person_id"])


def downgrade() -> None:
    for name in ("webhook_call", "webhook", "api_once", "api_token"):
        op.drop_table(name)
