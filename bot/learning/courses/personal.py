"""What is kept of courses, exams and papers."""

from __future__ import annotations

from bot.kit.privacy import LEADS, SELF, TRAINERS, Erase, Held, Kind

HELD = (
    Held(
        "completion",
        "who passed what, until when it counts",
        sees=LEADS,
        kind=Kind.LEARNING,
        of="person_id",
        by="entered_by",
        texts="reason",
    ),
    Held(
        "course_given",
        "which course somebody has to do",
        sees=LEADS,
        kind=Kind.LEARNING,
        of="person_id",
        plain="cause",
    ),
    Held(
        "course_read",
        "what of a course was read",
        sees=SELF,
        kind=Kind.LEARNING,
        plain="",
    ),
    Held(
        "exam_grant",
        "more time in an exam, and for what reason",
        sees=LEADS,
        kind=Kind.LEARNING,
        of="person_id",
        by="granted_by",
        texts="reason",
        erase=Erase.BLANK,
    ),
    Held(
        "licence",
        "papers from outside",
        sees=LEADS,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
        by="decided_by",
        texts="name number photo",
    ),
    Held(
        "sitting",
        "tries at an exam",
        sees=LEADS,
        kind=Kind.LEARNING,
        of="person_id",
    ),
    Held(
        "training_hours",
        "hours of training",
        sees=LEADS,
        kind=Kind.LEARNING,
        of="person_id",
        by="entered_by",
        texts="words",
        erase=Erase.BLANK,
    ),
    Held(
        "course",
        "courses",
        plain="",
    ),
    Held(
        "course_version",
        "what a course holds",
        sees=TRAINERS,
        by="person_id",
        plain="content",
    ),
    Held(
        "course_force",
        "who put a course in force",
        sees=TRAINERS,
        by="decided_by",
    ),
)
