"""what waits for somebody, found in its order: duties, dangers that they took on, risks that count as red"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "i8_waiting"
down_revision = "i8_today"
branch_labels = None
depends_on = None

_ALARMED = sa.text("alarmed_at IS NOT NULL")
_OPEN = sa.text("acknowledged_at IS NULL AND withdrawn_at IS NULL")


def upgrade() -> None:
    op.drop_index("ix_duty_given_open", "duty_given")
    columns = ["given_at", "person_id", "told_at", "reminded_at"]
    op.create_index("ix_duty_given_open", "duty_given", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_hazard_taken", "hazard", ["acknowledged_by", "state"])
    op.create_index("ix_risk_alarmed", "risk", ["path"], sqlite_where=_ALARMED, postgresql_where=_ALARMED)


def downgrade() -> None:
    op.drop_index("ix_risk_alarmed", "risk")
    op.drop_index("ix_hazard_taken", "hazard")
    op.drop_index("ix_duty_given_open", "duty_given")
    columns = ["acknowledged_at", "withdrawn_at", "given_at", "person_id", "told_at", "reminded_at"]
    op.create_index("ix_duty_given_open", "duty_given", columns)
