"""where a picture was taken"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "i5_spots"
down_revision = "i6_compliance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hazard_media", sa.Column("spot", sa.String(length=24), nullable=True))


def downgrade() -> None:
    op.drop_column("hazard_media", "spot")
