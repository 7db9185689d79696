"""Lessons that trainers write, voice notes, publishing at a time, and what each version of a bank changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import base


revision = "authoring_lessons"
down_revision = 'i4_habit_days'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lesson_draft",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.String(length=60), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("content", base.Json, nullable=False),
        sa.Column("publish_at", base.Instant(), nullable=True),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("touched_at", base.Instant(), nullable=False),
        sa.Column("settled_at", base.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_draft")),
    )
    with op.batch_alter_table("lesson_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_draft_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_lesson_draft_planned", ["state", "publish_at"], unique=False)

    op.create_table(
        "lesson_file",
        sa.Column("id", base.Id, nullable=False),
        sa.Column("draft_id", base.Id, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("media", sa.String(length=120), nullable=True),
        sa.Column("error", sa.String(length=12), nullable=True),
        sa.Column("at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["lesson_draft.id"], name=op.f("fk_lesson_file_draft_id_lesson_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_file")),
    )
    with op.batch_alter_table("lesson_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_file_draft_id"), ["draft_id"], unique=False)

    op.create_table(
        "voice_note",
        sa.Column("lesson_id", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("unit_id", base.Id, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_voice_note_lesson_id_lesson")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_voice_note_unit_id_unit")),
        sa.PrimaryKeyConstraint("lesson_id", "language", "unit_id", name=op.f("pk_voice_note")),
    )
    op.create_table(
        "bank_change",
        sa.Column("bank_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=40), nullable=False),
        sa.Column("question_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_bank_change_bank_id_bank")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_bank_change_question_id_question")),
        sa.PrimaryKeyConstraint("bank_id", "version", "question_id", name=op.f("pk_bank_change")),
    )
    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shipped", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("unit_id", base.Id, nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_lesson_unit_id_unit"), "unit", ["unit_id"], ["id"])

    with op.batch_alter_table("lesson_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.Integer(), nullable=True))

    op.add_column("question", sa.Column("said_in", sa.String(length=200), nullable=True))
    op.add_column("question", sa.Column("aside_in", sa.String(length=200), nullable=True))

    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.add_column(sa.Column("publish_at", base.Instant(), nullable=True))
        batch_op.add_column(sa.Column("plan", base.Json, nullable=True))
        batch_op.create_index("ix_upload_planned", ["state", "publish_at"], unique=False)

    # what is live now is what the present version of each bank says; versions before it were never written down
    op.execute(
        "INSERT INTO bank_change (bank_id, version, question_id, question_version)"
        " SELECT q.bank_id, b.version, q.id, q.version FROM question q JOIN bank b ON b.id = q.bank_id"
        " WHERE q.retired_at IS NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index("ix_upload_planned")
        batch_op.drop_column("plan")
        batch_op.drop_column("publish_at")

    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_column("aside_in")
        batch_op.drop_column("said_in")

    with op.batch_alter_table("lesson_version", schema=None) as batch_op:
        batch_op.drop_column("person_id")

    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_lesson_unit_id_unit"), type_="foreignkey")
        batch_op.drop_column("unit_id")
        batch_op.drop_column("shipped")

    op.drop_table("bank_change")
    op.drop_table("voice_note")
    with op.batch_alter_table("lesson_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_file_draft_id"))

    op.drop_table("lesson_file")
    with op.batch_alter_table("lesson_draft", schema=None) as batch_op:
        batch_op.drop_index("ix_lesson_draft_planned")
        batch_op.drop_index(batch_op.f("ix_lesson_draft_person_id"))

    op.drop_table("lesson_draft")
