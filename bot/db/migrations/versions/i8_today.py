"""participation of today"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import base

revision = "i8_today"
down_revision = "i8_counting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('participation_mark',
    sa.Column('id', base.Id, autoincrement=False, nullable=False),
    sa.Column('fact', base.Id, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participation_mark'))
    )
    op.create_table('participation_today',
    sa.Column('unit_id', base.Id, nullable=False),
    sa.Column('since', base.Instant(), nullable=False),
    sa.Column('newer', sa.Integer(), nullable=False),
    sa.Column('offered', sa.Integer(), nullable=False),
    sa.Column('read', sa.Integer(), nullable=False),
    sa.Column('answered', sa.Integer(), nullable=False),
    sa.Column('took_part', sa.Integer(), nullable=False),
    sa.Column('undelivered', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_participation_today_unit_id_unit')),
    sa.PrimaryKeyConstraint('unit_id', name=op.f('pk_participation_today'))
    )


def downgrade() -> None:
    op.drop_table('participation_today')
    op.drop_table('participation_mark')
