"""Today's questions for all people of a slice at once: what is due, then what is new where they are weak, or their place is, or

that is about their own post, then other new ones. What a plan puts first goes before others of its sort.

The same choice as `store.due_questions` and `store.new_questions` make for one person, in five statements for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Executable, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from bot.db import sets
from bot.db.base import Instant
from bot.db.once import table_of
from bot.learning import rules
from bot.learning.model import Asked
from bot.learning.tables import AnswerRow, MemoryRow, ReadingRow, WeakTopicRow
from bot.learning.working import asks, busy, course, own, s
from bot.library.store import question_holds
from bot.library.tables import LessonRow, QuestionRow
from bot.people.tables import PersonRow, UnitRow

m, a, r = table_of(MemoryRow), table_of(AnswerRow), table_of(ReadingRow)
how_far = func.coalesce(a.c.state, "")
"""The state where answers are found person by person: SQLite would rather look through all that lie open."""
LATELY = timedelta(days=1)
"""What was answered before has long been taken into memory."""


@dataclass(frozen=True)
class Chosen:
    """One person of the slice who has no lesson, and their questions in their order; `due` is how many are due in all."""

    person: int
    unit: int | None
    post: str | None
    lang: str
    start_at: datetime | None
    silent: bool
    used: int
    due: int
    questions: tuple[str, ...]


def choose(session: Session, ends_at: datetime, now: datetime) -> list[Chosen]:
    """The questions of everybody in the slice without a lesson, due by the end of their day, in the order of their numbers."""
    engine = session.get_bind().dialect.name
    sets.working_tables(session, asks, busy)
    fill_asks, fill_busy, due_by_person, new_by_person = _statements(engine)
    session.execute(fill_asks)
    session.execute(fill_busy, {"since": now - LATELY})
    due = _listed(session.execute(due_by_person, {"ends": ends_at, "most": rules.QUESTIONS}))
    counts = {row.person_id: row.n for row in session.execute(_counts, {"ends": ends_at})}
    new = _listed(session.execute(new_by_person, {"most": rules.QUESTIONS}))
    return [
        Chosen(
            row.person_id, row.unit_id, row.post, row.lang, row.start_at, bool(row.silent), row.used or 0,
            counts.get(row.person_id, 0),
            tuple(rules.compose(due.get(row.person_id, []), [], new.get(row.person_id, []))),
        )
        for row in session.execute(_people)
    ]  # fmt: skip


def _listed(rows: Iterable[Any]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row.question_id)
    return found


_theirs = s.c.lesson_id.is_(None)
_people = (
    select(s, PersonRow.lang).join(PersonRow, PersonRow.id == s.c.person_id).where(_theirs).order_by(s.c.person_id)
)
_is_busy = exists().where(busy.c.person_id == s.c.person_id, busy.c.question_id == asks.c.question_id)
_due = (
    select(s.c.person_id, asks.c.question_id, m.c.due_at)
    .join(m, m.c.person_id == s.c.person_id)
    .join(asks, (asks.c.unit_id == s.c.unit_id) & (asks.c.question_id == m.c.question_id))
    .where(_theirs, m.c.due_at < bindparam("ends", type_=Instant()))
)
_counted = _due.subquery()
_counts = select(_counted.c.person_id, func.count().label("n")).group_by(_counted.c.person_id)


@cache
def _statements(engine: str) -> tuple[Executable, Executable, Executable, Executable]:
    """What may be asked in the units of the slice, what lies before people, and the first of what is due and of what is new."""
    unit = aliased(UnitRow)
    here = (
        select(unit)
        .join(QuestionRow, QuestionRow.retired_at.is_(None))
        .where(unit.id.in_(select(s.c.unit_id).where(_theirs)), question_holds(unit.path, unit.jurisdiction))
    )
    # who has no lesson left has read all that hold where they work: only of other lessons must it be looked up
    topics = exists().where(
        course.c.unit_id == unit.id, course.c.lesson_id == LessonRow.id, LessonRow.topic == QuestionRow.topic
    )
    begun = sa.or_(QuestionRow.lesson_id.is_not(None), ~QuestionRow.shipped, topics.correlate(unit, QuestionRow))
    holds = exists().where(course.c.unit_id == unit.id, course.c.lesson_id == QuestionRow.lesson_id)
    other = sa.case((~holds.correlate(unit, QuestionRow), QuestionRow.lesson_id))
    here = here.where(begun)
    theirs = (WeakTopicRow.unit_id == unit.id, WeakTopicRow.topic == QuestionRow.topic)
    weak = select(WeakTopicRow.weight).where(*theirs).correlate(unit, QuestionRow).scalar_subquery()
    columns = {
        "unit_id": unit.id, "question_id": QuestionRow.id, "topic": QuestionRow.topic, "lesson_id": other, "weak": weak,
    }  # fmt: skip
    lies = (
        select(a.c.person_id, a.c.question_id)
        .distinct()
        .where(
            a.c.person_id.in_(select(s.c.person_id).where(_theirs)),
            sa.or_(a.c.answered_at.is_(None), a.c.answered_at > bindparam("since", type_=Instant())),
            how_far.in_((Asked.OPEN.value, Asked.ANSWERED.value)),
        )
    )
    return (
        sets.insert_from(engine, asks, columns, here),
        sets.insert_from(engine, busy, {"person_id": a.c.person_id, "question_id": a.c.question_id}, lies),
        _first(_due.where(~_is_busy), _aimed, m.c.due_at),
        _first(_new(), _aimed, *_weakest),
    )


_weak = (
    select(m.c.person_id, QuestionRow.topic, func.sum(m.c.lapses).label("lapses"))
    .join(QuestionRow, QuestionRow.id == m.c.question_id)
    .where(m.c.person_id.in_(select(s.c.person_id).where(_theirs)), m.c.lapses > 0)
    .group_by(m.c.person_id, QuestionRow.topic)
    .subquery()
)
"""How often each person was wrong about a topic."""
_aimed = sa.case((asks.c.topic == s.c.topic, 0), else_=1)
_weakest = (
    func.coalesce(_weak.c.lapses, 0).desc(),
    func.coalesce(asks.c.weak, 0).desc(),
    sa.case((own.c.topic.is_not(None), 0), else_=1),
)


def _new() -> sa.Select[Any]:
    """Questions never answered, of lessons that were read (or of none)."""
    known = exists().where(m.c.person_id == s.c.person_id, m.c.question_id == asks.c.question_id).correlate(s, asks)
    read = exists().where(r.c.person_id == s.c.person_id, r.c.lesson_id == asks.c.lesson_id).correlate(s, asks)
    return (
        select(s.c.person_id, asks.c.question_id)
        .join(asks, asks.c.unit_id == s.c.unit_id)
        .outerjoin(_weak, (_weak.c.person_id == s.c.person_id) & (_weak.c.topic == asks.c.topic))
        .outerjoin(own, (own.c.post == s.c.post) & (own.c.topic == asks.c.topic))
        .where(_theirs, ~known, sa.or_(asks.c.lesson_id.is_(None), read), ~_is_busy)
    )


def _first(candidates: sa.Select[Any], *order: Any) -> Executable:
    """The first few of each person, in an order."""
    place = func.row_number().over(partition_by=s.c.person_id, order_by=(*order, asks.c.question_id))
    numbered = candidates.add_columns(place.label("place")).subquery()
    return (
        select(numbered.c.person_id, numbered.c.question_id)
        .where(numbered.c.place <= bindparam("most", type_=sa.Integer))
        .order_by(numbered.c.person_id, numbered.c.place)
    )
