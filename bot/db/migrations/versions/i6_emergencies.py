"""emergencies (long because a schema is)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import base


revision = 'i6_emergencies'
down_revision = 'i5_inspections'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('emergency_plan',
    sa.Column('id', base.Id, nullable=False),
    sa.Column('unit_id', base.Id, nullable=False),
    sa.Column('path', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('title', base.Json, nullable=False),
    sa.Column('steps', base.Json, nullable=False),
    sa.Column('organisation', base.Json, nullable=False),
    sa.Column('contacts', base.Json, nullable=False),
    sa.Column('routes', base.Json, nullable=False),
    sa.Column('owner_id', base.Id, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_at', base.Instant(), nullable=False),
    sa.Column('reviewed_at', base.Instant(), nullable=False),
    sa.Column('told_at', base.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_emergency_plan_owner_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_emergency_plan_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_emergency_plan')),
    sa.UniqueConstraint('unit_id', 'kind', name=op.f('uq_emergency_plan_unit_id_kind'))
    )
    with op.batch_alter_table('emergency_plan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_emergency_plan_path'), ['path'], unique=False)
        batch_op.create_index('ix_emergency_plan_review', ['told_at', 'reviewed_at'], unique=False)

    op.create_table('lone_work',
    sa.Column('id', base.Id, nullable=False),
    sa.Column('open_person', sa.Integer(), nullable=True),
    sa.Column('person_id', base.Id, nullable=False),
    sa.Column('path', sa.String(length=120), nullable=False),
    sa.Column('words', sa.String(length=300), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('due_at', base.Instant(), nullable=False),
    sa.Column('warned_at', base.Instant(), nullable=True),
    sa.Column('began_at', base.Instant(), nullable=False),
    sa.Column('ends_at', base.Instant(), nullable=False),
    sa.Column('ended_at', base.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_lone_work_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lone_work')),
    sa.UniqueConstraint('open_person', name=op.f('uq_lone_work_open_person'))
    )
    with op.batch_alter_table('lone_work', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lone_work_due_at'), ['due_at'], unique=False)

    op.create_table('muster',
    sa.Column('id', base.Id, nullable=False),
    sa.Column('open_unit', sa.Integer(), nullable=True),
    sa.Column('unit_id', base.Id, nullable=False),
    sa.Column('path', sa.String(length=120), nullable=False),
    sa.Column('real', sa.Boolean(), nullable=False),
    sa.Column('everybody', sa.Boolean(), nullable=False),
    sa.Column('started_by', sa.Integer(), nullable=False),
    sa.Column('started_at', base.Instant(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('round_at', base.Instant(), nullable=False),
    sa.Column('planned', sa.Boolean(), nullable=False),
    sa.Column('shown', base.Json, nullable=True),
    sa.Column('shown_at', base.Instant(), nullable=True),
    sa.Column('closed_by', sa.Integer(), nullable=True),
    sa.Column('closed_at', base.Instant(), nullable=True),
    sa.Column('forgot_at', base.Instant(), nullable=True),
    sa.Column('lessons', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_muster_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_muster')),
    sa.UniqueConstraint('open_unit', name=op.f('uq_muster_open_unit'))
    )
    with op.batch_alter_table('muster', schema=None) as batch_op:
        batch_op.create_index('ix_muster_path', ['path'], unique=False)

    op.create_table('sos',
    sa.Column('id', base.Id, nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('person_id', base.Id, nullable=False),
    sa.Column('unit_id', base.Id, nullable=False),
    sa.Column('path', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('alone', sa.Boolean(), nullable=False),
    sa.Column('words', sa.String(length=700), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('sent_at', base.Instant(), nullable=False),
    sa.Column('leaves_at', base.Instant(), nullable=False),
    sa.Column('seen_by', sa.Integer(), nullable=True),
    sa.Column('seen_at', base.Instant(), nullable=True),
    sa.Column('over_at', base.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sos_person_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_sos_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sos')),
    sa.UniqueConstraint('key', name=op.f('uq_sos_key'))
    )
    with op.batch_alter_table('sos', schema=None) as batch_op:
        batch_op.create_index('ix_sos_over', ['over_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_sos_person_id'), ['person_id'], unique=False)

    op.create_table('tabletop',
    sa.Column('id', base.Id, nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('person_id', base.Id, nullable=False),
    sa.Column('scenario', sa.String(length=20), nullable=False),
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('started_at', base.Instant(), nullable=False),
    sa.Column('asked_at', base.Instant(), nullable=False),
    sa.Column('ended_at', base.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_tabletop_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tabletop')),
    sa.UniqueConstraint('key', name=op.f('uq_tabletop_key'))
    )
    with op.batch_alter_table('tabletop', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tabletop_person_id'), ['person_id'], unique=False)

    op.create_table('emergency_material',
    sa.Column('id', base.Id, nullable=False),
    sa.Column('plan_id', base.Id, nullable=False),
    sa.Column('words', sa.String(length=140), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('told_at', base.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['plan_id'], ['emergency_plan.id'], name=op.f('fk_emergency_material_plan_id_emergency_plan')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_emergency_material'))
    )
    with op.batch_alter_table('emergency_material', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_emergency_material_expires_on'), ['expires_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_emergency_material_plan_id'), ['plan_id'], unique=False)

    op.create_table('muster_guest',
    sa.Column('id', base.Id, nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('muster_id', base.Id, nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('first_at', base.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['muster_id'], ['muster.id'], name=op.f('fk_muster_guest_muster_id_muster')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_muster_guest')),
    sa.UniqueConstraint('key', name=op.f('uq_muster_guest_key'))
    )
    with op.batch_alter_table('muster_guest', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_muster_guest_muster_id'), ['muster_id'], unique=False)

    op.create_table('muster_roster',
    sa.Column('muster_id', base.Id, nullable=False),
    sa.Column('person_id', base.Id, nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('path', sa.String(length=120), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('phone', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('first_at', base.Instant(), nullable=True),
    sa.Column('answered_at', base.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['muster_id'], ['muster.id'], name=op.f('fk_muster_roster_muster_id_muster')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_muster_roster_person_id_person')),
    sa.PrimaryKeyConstraint('muster_id', 'person_id', name=op.f('pk_muster_roster'))
    )
    with op.batch_alter_table('muster_roster', schema=None) as batch_op:
        batch_op.create_index('ix_muster_roster_state', ['muster_id', 'state', 'unit_id'], unique=False)

    op.create_table('tabletop_decision',
    sa.Column('run_id', base.Id, nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('choice', sa.Integer(), nullable=False),
    sa.Column('good', sa.Boolean(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['tabletop.id'], name=op.f('fk_tabletop_decision_run_id_tabletop')),
    sa.PrimaryKeyConstraint('run_id', 'place', name=op.f('pk_tabletop_decision'))
    )


def downgrade() -> None:
    op.drop_table('tabletop_decision')
    with op.batch_alter_table('muster_roster', schema=None) as batch_op:
        batch_op.drop_index('ix_muster_roster_state')

    op.drop_table('muster_roster')
    with op.batch_alter_table('muster_guest', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_muster_guest_muster_id'))

    op.drop_table('muster_guest')
    with op.batch_alter_table('emergency_material', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_emergency_material_plan_id'))
        batch_op.drop_index(batch_op.f('ix_emergency_material_expires_on'))

    op.drop_table('emergency_material')
    with op.batch_alter_table('tabletop', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tabletop_person_id'))

    op.drop_table('tabletop')
    with op.batch_alter_table('sos', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sos_person_id'))
        batch_op.drop_index('ix_sos_over')

    op.drop_table('sos')
    with op.batch_alter_table('muster', schema=None) as batch_op:
        batch_op.drop_index('ix_muster_path')

    op.drop_table('muster')
    with op.batch_alter_table('lone_work', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_lone_work_due_at'))

    op.drop_table('lone_work')
    with op.batch_alter_table('emergency_plan', schema=None) as batch_op:
        batch_op.drop_index('ix_emergency_plan_review')
        batch_op.drop_index(batch_op.f('ix_emergency_plan_path'))

    op.drop_table('emergency_plan')
