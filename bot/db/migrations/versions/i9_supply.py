"""What a time-stamping service signed of a day's anchor"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "i9_supply"
down_revision = "i9_abuse"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("anchor") as batch_op:
        batch_op.add_column(sa.Column("stamp", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("anchor") as batch_op:
        batch_op.drop_column("stamp")
