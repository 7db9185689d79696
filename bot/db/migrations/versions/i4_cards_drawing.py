"""Pictures that are drawn in the reader's language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import base


revision = 'i4_cards_drawing'
down_revision = 'i4_plans_lesson_plans'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('drawing',
    sa.Column('job', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('lang', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('media', sa.String(length=120), nullable=True),
    sa.Column('error', sa.String(length=200), nullable=True),
    sa.Column('asked_at', base.Instant(), nullable=False),
    sa.Column('drawn_at', base.Instant(), nullable=True),
    sa.PrimaryKeyConstraint('job', 'name', 'lang', name=op.f('pk_drawing'))
    )


def downgrade() -> None:
    op.drop_table('drawing')
