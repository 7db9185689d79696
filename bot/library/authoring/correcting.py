"""A lesson meant something else, or was wrong: whoever read it is to hear. The room of learning knows who that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import translations
from bot.library.authoring import store
from bot.library.authoring.model import LESSON_CORRECTED, LESSON_WITHDRAWN, MOST_INSTEAD
from bot.library.authoring.tables import LessonCorrectionRow
from bot.library.content import as_lesson
from bot.library.history import MOST_TOLD, MOST_WORDS, where
from bot.library.model import Localized
from bot.library.tables import SignatureRow

CORRECTED, WITHDRAWN = "corrected", "withdrawn"


@dataclass(frozen=True)
class LessonCorrection:
    """Versions before `version` of a lesson hold no more. `words`: what is right, where the lesson was withdrawn.

    `by`: who said so.
    """

    id: int
    lesson: str
    version: int
    withdrawn: bool
    words: str
    by: int


def announce(
    session: Session, lesson: str, version: int, by: int, unit: int, now: datetime, words: str | None = None
) -> None:
    """Notes that versions before this one hold no more (with words: that none does, and what is right). Once a version."""
    row = LessonCorrectionRow(
        lesson_id=lesson, version=version, outcome=CORRECTED if words is None else WITHDRAWN,
        words=(words or "")[:MOST_INSTEAD], person_id=by, at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    kind = LESSON_CORRECTED if words is None else LESSON_WITHDRAWN
    body = {"lesson": lesson, "version": version, "correction": row.id}
    record(session, Fact(kind, f"lesson-correction:{row.id}", now, by, unit, body=body), now)


def correction(session: Session, id: int) -> LessonCorrection | None:
    """A correction by its number."""
    row = session.get(LessonCorrectionRow, id)
    return _as_correction(row) if row is not None else None


def since(session: Session, lesson: str, version: int) -> LessonCorrection | None:
    """The newest correction by which this version of a lesson holds no more; None where it still does."""
    query = (
        select(LessonCorrectionRow)
        .where(LessonCorrectionRow.lesson_id == lesson, LessonCorrectionRow.version > version)
        .order_by(LessonCorrectionRow.id.desc())
        .limit(1)
    )
    row = session.scalar(query)
    return _as_correction(row) if row is not None else None


def _as_correction(row: LessonCorrectionRow) -> LessonCorrection:
    return LessonCorrection(row.id, row.lesson_id, row.version, row.outcome == WITHDRAWN, row.words, row.person_id)


def is_another(before: Mapping[str, Any] | None, after: Mapping[str, Any], base: str) -> bool:
    """Whether readers of a lesson's own language would read or see something else."""
    return before is not None and bool(said_otherwise(before, after, base) or _shown(before) != _shown(after))


def said_otherwise(before: Mapping[str, Any], after: Mapping[str, Any], base: str) -> list[tuple[str, str, str]]:
    """Where, the words before and the words now, in one language."""
    return [each for each in translations.differences(before, after, base) if each[1] or each[2]]


def _shown(content: Mapping[str, Any]) -> list[Any]:
    return [each and (each["kind"], each["ref"]) for each in content.get("shows") or ()]


def title(session: Session, found: LessonCorrection) -> Localized:
    """The lesson's title as it was last published."""
    own = store.own_lesson(session, found.lesson)
    if own is not None:
        return own.lesson.title
    content = store.lesson_content(session, found.lesson, found.version)
    return as_lesson(found.lesson, found.version, content).title if content is not None else {}


def units(session: Session, found: LessonCorrection) -> frozenset[int] | None:
    """Below which units a correction holds: of a shipped lesson those for which the same person signed the new words.

    None: wherever the lesson was read. An own lesson is signed where it is published.
    """
    if not store.is_shipped(session, found.lesson):
        return None
    query = select(SignatureRow.unit_id).where(
        SignatureRow.lesson_id == found.lesson,
        SignatureRow.version >= found.version,
        SignatureRow.person_id == found.by,
    )
    return frozenset(session.scalars(query))


def changes(session: Session, found: LessonCorrection, read: int, lang: str) -> tuple[Sequence[Mapping[str, Any]], int]:
    """What the lesson says otherwise than the version that somebody read, in their language; and how many changes more."""
    before = store.lesson_content(session, found.lesson, read)
    after = store.lesson_content(session, found.lesson, found.version)
    if before is None or after is None:
        return (), 0
    base = as_lesson(found.lesson, found.version, after).language
    spoken = lang if all(lang in translations.languages(each) for each in (before, after)) else base
    told = [
        {"where": where(path), "before": was[:MOST_WORDS], "after": now_said[:MOST_WORDS]}
        for path, was, now_said in said_otherwise(before, after, spoken)
        if not path.startswith("field/")
    ]
    return told[:MOST_TOLD], max(len(told) - MOST_TOLD, 0)
