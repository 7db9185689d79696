"""Which lesson somebody gets next: what was wished for, what their plans put first, what their post learns first, then the order.

For one person; `slicing` does the same for all of a slice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, case, exists, literal, or_, select
from sqlalchemy.orm import Session

from bot.learning.tables import ReadingRow, WishRow
from bot.library.store import lesson_holds
from bot.library.tables import LessonRow
from bot.people.model import Person
from bot.people.tables import PostRow


def wished_lesson(person: ColumnElement[int] | Any) -> Any:
    """SQL: the lesson that somebody is to get before the others."""
    return (
        select(WishRow.lesson_id)
        .join(LessonRow, LessonRow.id == WishRow.lesson_id)
        .where(WishRow.person_id == person, WishRow.offered_at.is_(None), LessonRow.retired_at.is_(None))
        .order_by(WishRow.at, WishRow.lesson_id)
        .limit(1)
        .correlate_except(WishRow, LessonRow)
        .scalar_subquery()
    )


def unread_lesson(
    person: ColumnElement[int] | Any,
    path: SQLColumnExpression[str],
    jurisdiction: SQLColumnExpression[str],
    topics: Sequence[str] = (),
) -> Any:
    """SQL: the first lesson that somebody has not read and that holds where they work.

    What a trainer here has written comes first, then what is about one of `topics`, then the others in the order.
    """
    first = or_(LessonRow.position < 0, LessonRow.topic.in_(topics))
    read = exists().where(ReadingRow.person_id == person, ReadingRow.lesson_id == LessonRow.id)
    return (
        select(LessonRow.id)
        .where(
            LessonRow.retired_at.is_(None),
            ~read.correlate_except(ReadingRow),
            lesson_holds(path, jurisdiction),
        )
        .order_by(case((first, 0), else_=1), LessonRow.position, LessonRow.id)
        .limit(1)
        .correlate_except(LessonRow)
        .scalar_subquery()
    )


def next_lesson(session: Session, who: Person, planned: Sequence[tuple[str, datetime]] = ()) -> tuple[str | None, bool]:
    """The lesson that somebody gets next, and whether that is because of what happened near them.

    `planned`: what their plans put first, each with since when a reading counts.
    """
    person, path, place = literal(who.id), literal(who.path), literal(who.jurisdiction)
    own = session.scalar(select(PostRow.topics).where(PostRow.code == who.post)) or ()
    wished, unread = session.execute(select(wished_lesson(person), unread_lesson(person, path, place, own))).one()
    if wished is not None:
        return wished, True
    return next(_still_unread(session, who, planned), unread), False


def _still_unread(session: Session, who: Person, planned: Sequence[tuple[str, datetime]]) -> Iterator[str]:
    """Of planned lessons those that hold where somebody works and were not read since."""
    if not planned:
        return
    holds = lesson_holds(literal(who.path), literal(who.jurisdiction))
    live = select(LessonRow.id).where(
        LessonRow.id.in_([id for id, _ in planned]), LessonRow.retired_at.is_(None), holds
    )
    there = set(session.scalars(live))
    query = select(ReadingRow.lesson_id, ReadingRow.read_at).where(
        ReadingRow.person_id == who.id, ReadingRow.lesson_id.in_(there)
    )
    read = {row.lesson_id: row.read_at for row in session.execute(query)}
    for id, since in planned:
        if id in there and (id not in read or read[id] < since):
            yield id
