"""A shipped lesson that an upgrade worded anew is signed once more: did only the wording change, or the meaning?

Whoever signs is shown what it says otherwise than the version that was signed before. Where they say that the meaning
changed, those who read it are told, at the units for which that signature stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.library import translations
from bot.library.authoring import correcting, store
from bot.library.content import lesson_content
from bot.library.model import Lesson
from bot.library.tables import SignatureRow
from bot.people import store as people
from bot.people.model import Unit
from bot.people.tables import UnitRow

Told = Sequence[tuple[str, str, str]]
"""Where, the words before, the words now."""


@dataclass(frozen=True)
class Renewed:
    """A lesson that says something else than before, and what, in one language."""

    lesson: Lesson
    told: Told


def renewed(session: Session, unit: Unit, lessons: Sequence[Lesson], lang: str) -> list[Renewed]:
    """Those of some shipped lessons that say something else than they did; in this language, else in one that changed."""
    found = []
    for lesson in lessons:
        if lesson.version == 1 or not store.is_shipped(session, lesson.id):
            continue
        before = store.lesson_content(session, lesson.id, _before(session, unit, lesson))
        told = _told(before, lesson_content(lesson), lang) if before is not None else ()
        if told:
            found.append(Renewed(lesson, told))
    return found


def _before(session: Session, unit: Unit, lesson: Lesson) -> int:
    """The version that was signed last, here or in a unit above or below; else the one before."""
    there = or_(SignatureRow.unit_id.in_(people.ancestors(unit.path)), UnitRow.path.startswith(unit.path))
    query = (
        select(SignatureRow.version)
        .join(UnitRow, UnitRow.id == SignatureRow.unit_id)
        .where(SignatureRow.lesson_id == lesson.id, SignatureRow.version < lesson.version, there)
        .order_by(SignatureRow.version.desc())
        .limit(1)
    )
    return session.scalar(query) or lesson.version - 1


def _told(before: dict[str, Any], after: dict[str, Any], lang: str) -> Told:
    both = translations.languages(before) & translations.languages(after)
    for spoken in [lang, *sorted(both - {lang})]:
        if spoken in both and (told := correcting.said_otherwise(before, after, spoken)):
            return told
    return ()


def announce(session: Session, unit: Unit, lessons: Sequence[Lesson], by: int, now: datetime) -> None:
    """The meaning of these has changed: whoever read a version of before is to hear."""
    for found in renewed(session, unit, lessons, "en"):
        correcting.announce(session, found.lesson.id, found.lesson.version, by, unit.id, now)
