"""duties that nobody has acknowledged, in the order in which they wait"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "i8_waiting"
down_revision = "i8_today"
branch_labels = None
depends_on = None

_OPEN = sa.text("acknowledged_at IS NULL AND withdrawn_at IS NULL")


def upgrade() -> None:
    op.drop_index("ix_duty_given_open", "duty_given")
    columns = ["given_at", "person_id", "told_at", "reminded_at"]
    op.create_index("ix_duty_given_open", "duty_given", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    op.drop_index("ix_duty_given_open", "duty_given")
    columns = ["acknowledged_at", "withdrawn_at", "given_at", "person_id", "told_at", "reminded_at"]
    op.create_index("ix_duty_given_open", "duty_given", columns)
