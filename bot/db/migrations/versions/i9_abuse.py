"""abuse: what needs a second person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import base

revision = "i9_abuse"
down_revision = "i8_api"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("job", sa.String(length=80), nullable=False),
        sa.Column("payload", base.Json, nullable=False),
        sa.Column("said", base.Json, nullable=False),
        sa.Column("path", sa.String(length=120), nullable=False),
        sa.Column("roles", base.Json, nullable=False),
        sa.Column("barred", base.Json, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", base.Instant(), nullable=False),
        sa.Column("expires_at", base.Instant(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", base.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("key", name=op.f("uq_approval_key")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index("ix_approval_waiting", ["state", "expires_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index("ix_approval_waiting")
    op.drop_table("approval")
