"""Reading lessons in the making, own lessons and their versions, and voice notes. Rights are part of each query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from bot.library.authoring.model import OPEN, PLANNED, File, LessonDraft
from bot.library.authoring.tables import LessonDraftRow, LessonFileRow, VoiceNoteRow
from bot.library.content import as_lesson, digest
from bot.library.model import Lesson
from bot.library.tables import LessonRow, LessonVersionRow
from bot.people import store as people
from bot.people.model import Unit
from bot.people.tables import UnitRow


def as_draft(row: LessonDraftRow) -> LessonDraft:
    """A row as a LessonDraft."""
    return LessonDraft(
        row.id, row.person_id, row.lesson_id, row.base_version, row.unit_id, row.state, row.content, row.publish_at,
        row.touched_at, row.tells,
    )  # fmt: skip


def draft(session: Session, id: int, person: int | None = None) -> LessonDraft | None:
    """A draft (of this person)."""
    query = select(LessonDraftRow).where(LessonDraftRow.id == id)
    if person is not None:
        query = query.where(LessonDraftRow.person_id == person)
    row = session.scalar(query.execution_options(populate_existing=True))
    return as_draft(row) if row else None


def drafts_of(session: Session, person: int, most: int = 12) -> list[LessonDraft]:
    """What somebody has begun and neither published nor given up, the latest first."""
    query = select(LessonDraftRow).where(
        LessonDraftRow.person_id == person, LessonDraftRow.state.in_((OPEN, PLANNED))
    )  # fmt: skip
    return [as_draft(row) for row in session.scalars(query.order_by(LessonDraftRow.touched_at.desc()).limit(most))]


def others_at(session: Session, lesson: str, person: int) -> list[LessonDraft]:
    """Drafts of a lesson that others have in hand."""
    query = select(LessonDraftRow).where(
        LessonDraftRow.lesson_id == lesson,
        LessonDraftRow.person_id != person,
        LessonDraftRow.state.in_((OPEN, PLANNED)),
    )
    return [as_draft(row) for row in session.scalars(query.order_by(LessonDraftRow.id))]


def files_of(session: Session, draft: int) -> dict[int, File]:
    """What has come for a draft, by number."""
    rows = session.scalars(
        select(LessonFileRow).where(LessonFileRow.draft_id == draft).execution_options(populate_existing=True)
    )
    return {row.id: File(row.id, row.kind, row.media, row.error) for row in rows}


@dataclass(frozen=True)
class OwnLesson:
    """A trainer's own lesson as it is live (or was last); `unit` is for whose people."""

    lesson: Lesson
    unit: int | None
    content: dict[str, Any]
    retired_at: datetime | None


def own_lesson(session: Session, id: str) -> OwnLesson | None:
    """An own lesson by its id; None for a shipped one."""
    return next(iter(own_lessons(session, LessonRow.id == id)), None)


def own_lessons(session: Session, *which: Any) -> list[OwnLesson]:
    """Own lessons, retired ones too, by their ids."""
    return [
        OwnLesson(as_lesson(row.id, row.version, content), row.unit_id, content, row.retired_at)
        for row, content in session.execute(_own_lessons.where(*which))
    ]


_own_lessons = (
    select(LessonRow, LessonVersionRow.content)
    .join(
        LessonVersionRow,
        and_(LessonVersionRow.lesson_id == LessonRow.id, LessonVersionRow.version == LessonRow.version),
    )
    .where(~LessonRow.shipped)
    .order_by(LessonRow.id)
    .execution_options(populate_existing=True)
)


def is_shipped(session: Session, id: str) -> bool:
    """Whether a lesson came with Davy."""
    return bool(session.scalar(select(LessonRow.shipped).where(LessonRow.id == id)))


def lesson_content(session: Session, id: str, version: int) -> dict[str, Any] | None:
    """The JSON of a lesson in a version."""
    query = select(LessonVersionRow.content).where(
        LessonVersionRow.lesson_id == id, LessonVersionRow.version == version
    )  # fmt: skip
    return session.scalar(query)


@dataclass(frozen=True)
class LessonVersion:
    """A version of a lesson in its list."""

    version: int
    at: datetime
    person: int | None
    content: dict[str, Any]


def lesson_versions(session: Session, id: str, most: int = 10) -> list[LessonVersion]:
    """The versions of a lesson, the newest first."""
    query = select(LessonVersionRow).where(LessonVersionRow.lesson_id == id).order_by(LessonVersionRow.version.desc())
    return [LessonVersion(r.version, r.at, r.person_id, r.content) for r in session.scalars(query.limit(most))]


def company(session: Session) -> Unit:
    """The whole company."""
    return next(unit for unit in people.units(session) if unit.parent is None)


# --- voice notes ----------------------------------------------------------------------------------------------------


def read_aloud(lesson: Lesson, language: str) -> str | None:
    """The hash of the words of a lesson in a language, as somebody reads them aloud; None where it is not said in it."""
    if language not in lesson.cards:
        return None
    return digest({"title": lesson.title.get(language, ""), "cards": list(lesson.cards[language])})


@dataclass(frozen=True)
class Voice:
    """A voice note: for whom, of which words, and its file."""

    lesson: str
    language: str
    unit: int
    path: str
    digest: str
    media: str


def voices(session: Session, lessons: Iterable[str] | None, units: Sequence[int]) -> list[Voice]:
    """Voice notes (of these lessons) that reach people of one of these units: those of the units themselves."""
    query = (
        select(VoiceNoteRow, UnitRow.path)
        .join(UnitRow, UnitRow.id == VoiceNoteRow.unit_id)
        .where(VoiceNoteRow.unit_id.in_(list(units)))
    )
    if lessons is not None:
        query = query.where(VoiceNoteRow.lesson_id.in_(list(lessons)))
    return [
        Voice(row.lesson_id, row.language, row.unit_id, path, row.digest, row.media)
        for row, path in session.execute(query)
    ]
