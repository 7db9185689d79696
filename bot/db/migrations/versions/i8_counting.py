"""indexes by which a whole company is counted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "i8_counting"
down_revision = "i8_tablet"
branch_labels = None
depends_on = None

_LEFT, _OPEN = sa.text("left_on IS NOT NULL"), sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_placement_person", "placement", ["person_id", "starts_on", "ends_on", "unit_id", "post"])
    op.create_index("ix_placement_unit", "placement", ["unit_id", "post", "starts_on", "ends_on", "person_id"])
    op.drop_index("ix_placement_person_id", "placement")
    op.drop_index("ix_placement_unit_id", "placement")
    op.create_index("ix_person_left", "person", ["left_on"], sqlite_where=_LEFT, postgresql_where=_LEFT)
    op.create_index("ix_person_joined", "person", ["joined_on"])
    op.create_index("ix_person_lang", "person", ["lang", "left_on"])
    op.create_index("ix_duty_given_person", "duty_given", ["person_id", "withdrawn_at", "acknowledged_at"])
    op.drop_index("ix_duty_given_person_id", "duty_given")
    op.drop_index("ix_duty_given_open", "duty_given")
    op.create_index(
        "ix_duty_given_open",
        "duty_given",
        ["acknowledged_at", "withdrawn_at", "given_at", "person_id", "told_at", "reminded_at"],
    )
    op.create_index("ix_induction_waiting", "induction", ["person_id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.drop_index("ix_completion_person", "completion")
    op.create_index(
        "ix_completion_person", "completion", ["person_id", "course_id", "completed_on", "expires_on", "revoked_on"]
    )
    op.create_index(
        "ix_course_given_due", "course_given", ["ended_on", "due_on", "assigned_on", "person_id", "course_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_course_given_due", "course_given")
    op.drop_index("ix_completion_person", "completion")
    op.create_index("ix_completion_person", "completion", ["person_id", "course_id", "completed_on"])
    op.drop_index("ix_induction_waiting", "induction")
    op.drop_index("ix_duty_given_open", "duty_given")
    op.create_index("ix_duty_given_open", "duty_given", ["acknowledged_at", "withdrawn_at", "given_at"])
    op.create_index("ix_duty_given_person_id", "duty_given", ["person_id"])
    op.drop_index("ix_duty_given_person", "duty_given")
    op.drop_index("ix_person_lang", "person")
    op.drop_index("ix_person_joined", "person")
    op.drop_index("ix_person_left", "person")
    op.create_index("ix_placement_unit_id", "placement", ["unit_id"])
    op.create_index("ix_placement_person_id", "placement", ["person_id"])
    op.drop_index("ix_placement_unit", "placement")
    op.drop_index("ix_placement_person", "placement")
