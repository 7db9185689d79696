"""Personnel files that were sent in at the desk, and participation by unit and week.

Revision ID: i8_desk
Revises: i9_trust
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.base import Id, Instant, Json

revision = "i8_desk"
down_revision = "i8_feel"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables more."""
    op.create_table(
        "people_file",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("found", Json, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_people_file_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_file")),
    )
    op.create_index(op.f("ix_people_file_person_id"), "people_file", ["person_id"])
    op.create_index(op.f("ix_people_file_created_at"), "people_file", ["created_at"])
    op.create_table(
        "participation_week",
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("took_part", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_participation_week_unit_id_unit")),
        sa.PrimaryKeyConstraint("unit_id", "week_on", name=op.f("pk_participation_week")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("participation_week")
    op.drop_table("people_file")
