"""A lesson that is to come first for the people of a place, because of what happened or was found there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.learning.tables import ReadingRow, WishRow
from bot.library.store import lesson_holds
from bot.library.tables import LessonRow
from bot.people.model import Unit
from bot.people.tables import PersonRow, PlacementRow, UnitRow

FRESH = timedelta(days=30)
"""Who read a lesson so lately does not get it again because of a hazard."""


def wish_lesson(session: Session, here: Unit, topic: str, now: datetime) -> int:
    """The lesson about a topic comes first for the people of a unit, once; answers for how many that is new."""
    long_ago = (
        WishRow.offered_at < now - FRESH,
        WishRow.lesson_id.in_(select(LessonRow.id).where(LessonRow.topic == topic)),
    )
    session.execute(delete(WishRow).where(*long_ago))
    fresh = exists().where(
        ReadingRow.person_id == PersonRow.id, ReadingRow.lesson_id == LessonRow.id, ReadingRow.read_at > now - FRESH
    )
    waits = exists().where(WishRow.person_id == PersonRow.id, WishRow.lesson_id == LessonRow.id)
    on = now.date()
    found = (
        select(PersonRow.id, func.min(LessonRow.id), literal(now, WishRow.at.type))
        .select_from(PersonRow)
        .join(PlacementRow, PlacementRow.person_id == PersonRow.id)
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .join(LessonRow, LessonRow.topic == topic)
        .where(
            UnitRow.path.startswith(here.path),
            PlacementRow.starts_on <= on,
            or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > on),
            PersonRow.left_on.is_(None),
            LessonRow.retired_at.is_(None),
            lesson_holds(UnitRow.path, UnitRow.jurisdiction),
            ~fresh,
            ~waits,
        )
        .group_by(PersonRow.id)
    )
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    into = dialect.insert(WishRow).from_select(["person_id", "lesson_id", "at"], found)
    return len(session.scalars(into.on_conflict_do_nothing().returning(WishRow.person_id)).all())
