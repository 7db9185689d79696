"""Personnel files that were sent in at the desk.

Revision ID: i8_desk
Revises: i9_trust
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.base import Id, Instant, Json

revision = "i8_desk"
down_revision = "i9_trust"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table more."""
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


def downgrade() -> None:
    """Back."""
    op.drop_table("people_file")
