"""Today's questions for all people of a slice at once: what is due, then what is new where they are weak, or their place is, or

that is about their own post, then other new ones. What a plan puts first goes before others of its sort.

The same choice as `store.due_questions` and `store.new_questions` make for one person. What it rests on is read in a few
statements for all, and put together here: in SQL everybody would be joined with every question that they were never asked.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CompoundSelect, bindparam, exists, func, select, union
from sqlalchemy.orm import Session, aliased

from bot.db.base import Instant
from bot.db.once import table_of
from bot.learning import rules
from bot.learning.model import Asked
from bot.learning.tables import AnswerRow, MemoryRow, ReadingRow, WeakTopicRow
from bot.learning.working import course, own, s
from bot.library.store import question_holds
from bot.library.tables import AdoptionRow, BankRow, LessonRow, QuestionRow, SignatureRow
from bot.people import store as people
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
    places = _places(session)
    known = itertools.groupby(session.execute(_known, {"ends": ends_at}), key=lambda row: row.person_id)
    busy = _by_person(session.execute(_busy, {"since": now - LATELY}))
    others = {lesson for place in places.values() for lesson in place.others.values()}
    read = _by_person(session.execute(_read, {"lessons": list(others)})) if others else {}
    learns = _by_post(session)
    found, theirs = [], next(known, None)
    for row in session.execute(_people):
        memories: Sequence[Any] = ()
        if theirs is not None and theirs[0] == row.person_id:
            memories, theirs = list(theirs[1]), next(known, None)
        place = places[row.unit_id]
        who = _Who(
            row.topic, learns.get(row.post, ()), memories, busy.get(row.person_id, ()), read.get(row.person_id, ())
        )
        due, count = _due(place, who)
        found.append(
            Chosen(
                row.person_id, row.unit_id, row.post, row.lang, row.start_at, bool(row.silent), row.used or 0, count,
                tuple(rules.compose(due, [], _new(place, who))),
            )
        )  # fmt: skip
    return found


# --- one person's, from what was read for all --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """What may be asked in a unit, by topic in the order of the questions; `others`: questions whose lesson does not hold there."""

    topics: Mapping[str, Sequence[str]]
    every: Mapping[str, tuple[int, str]]
    """Each question in their order, with its place in it and its topic."""
    others: Mapping[str, str]
    weak: Mapping[str, int]


@dataclass(frozen=True)
class _Who:
    """What the choice for one person rests on. `memories` are in the order in which they fall due."""

    aim: str | None
    learns: Collection[str]
    memories: Sequence[Any]
    busy: Collection[str]
    read: Collection[str]


def _due(place: _Place, who: _Who) -> tuple[list[str], int]:
    """The first that are due, what a plan puts first before others; and how many are due in all."""
    due = [each.question_id for each in who.memories if each.due and each.question_id in place.every]
    free = [id for id in due if id not in who.busy]
    if who.aim is not None:
        aimed = set(place.topics.get(who.aim, ()))
        free.sort(key=lambda id: id not in aimed)
    return free[: rules.QUESTIONS], len(due)


def _new(place: _Place, who: _Who) -> list[str]:
    """The first never asked: what a plan puts first, what they are weak in, their place, what their post learns; then others."""
    lapses: dict[str, int] = {}
    for each in who.memories:
        if each.topic is not None:
            lapses[each.topic] = lapses.get(each.topic, 0) + each.lapses
    ranks: dict[tuple[bool, int, int, bool], list[str]] = {}
    first = {*lapses, *place.weak, *who.learns, *((who.aim,) if who.aim else ())} & set(place.topics)
    for topic in first:
        rank = (topic != who.aim, -lapses.get(topic, 0), -place.weak.get(topic, 0), topic not in who.learns)
        ranks.setdefault(rank, []).append(topic)
    known = {each.question_id for each in who.memories}
    ordered = (
        sorted((id for topic in ranks[rank] for id in place.topics[topic]), key=lambda id: place.every[id][0])
        for rank in sorted(ranks)
    )
    rest = (id for id, (_, topic) in place.every.items() if topic not in first)
    fresh = (
        id
        for id in itertools.chain(itertools.chain.from_iterable(ordered), rest)
        if id not in known and id not in who.busy and (id not in place.others or place.others[id] in who.read)
    )
    return list(itertools.islice(fresh, rules.QUESTIONS))


# --- what is read for all ----------------------------------------------------------------------------------------------


def _places(session: Session) -> dict[int, _Place]:
    """By unit what may be asked there. Units for which nobody signed, adopted or published by themselves are alike."""
    deciding = set(session.scalars(_deciding))
    alike: dict[tuple[Any, ...], list[int]] = {}
    for id, path, jurisdiction in session.execute(_units):
        above = tuple(each for each in people.ancestors(path) if each in deciding)
        alike.setdefault((jurisdiction, *above), []).append(id)
    asked: dict[int, list[Any]] = {units[0]: [] for units in alike.values()}
    for row in session.execute(_asks(), {"units": list(asked)}):
        asked[row.unit_id].append(row)
    weak: dict[int, dict[str, int]] = {}
    for unit, topic, weight in session.execute(_weak):
        weak.setdefault(unit, {})[topic] = weight
    found: dict[int, _Place] = {}
    for units in alike.values():
        every = {row.id: (number, row.topic) for number, row in enumerate(asked[units[0]])}
        topics: dict[str, list[str]] = {}
        for id, (_, topic) in every.items():
            topics.setdefault(topic, []).append(id)
        others = {row.id: row.other for row in asked[units[0]] if row.other is not None}
        found |= {unit: _Place(topics, every, others, weak.get(unit, {})) for unit in units}
    return found


def _by_person(rows: Iterable[Any]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for person, id in rows:
        found.setdefault(person, set()).add(id)
    return found


def _by_post(session: Session) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for post, topic in session.execute(select(own.c.post, own.c.topic)):
        found.setdefault(post, set()).add(topic)
    return found


_theirs = s.c.lesson_id.is_(None)
_mine = select(s.c.person_id).where(_theirs)
_people = (
    select(s, PersonRow.lang).join(PersonRow, PersonRow.id == s.c.person_id).where(_theirs).order_by(s.c.person_id)
)
_units = select(UnitRow.id, UnitRow.path, UnitRow.jurisdiction).where(
    UnitRow.id.in_(select(s.c.unit_id).where(_theirs))
)
_deciding: CompoundSelect[Any] = union(
    select(SignatureRow.unit_id),
    select(AdoptionRow.unit_id),
    select(BankRow.unit_id).where(BankRow.unit_id.is_not(None)),
)
_weak = select(WeakTopicRow.unit_id, WeakTopicRow.topic, WeakTopicRow.weight).where(
    WeakTopicRow.unit_id.in_(select(s.c.unit_id).where(_theirs))
)
_known = (
    select(
        s.c.person_id, m.c.question_id, (m.c.due_at < bindparam("ends", type_=Instant())).label("due"), m.c.lapses,
        QuestionRow.topic,
    )
    .join(m, m.c.person_id == s.c.person_id)
    .outerjoin(QuestionRow, (QuestionRow.id == m.c.question_id) & (m.c.lapses > 0))
    .where(_theirs)
    .order_by(s.c.person_id, m.c.due_at, m.c.question_id)
)  # fmt: skip
"""All that everybody remembers; the topic only of what they were wrong about."""
_busy = (
    select(a.c.person_id, a.c.question_id)
    .distinct()
    .where(
        a.c.person_id.in_(_mine),
        sa.or_(a.c.answered_at.is_(None), a.c.answered_at > bindparam("since", type_=Instant())),
        how_far.in_((Asked.OPEN.value, Asked.ANSWERED.value)),
    )
)
"""Questions that lie before people, or were answered a moment ago."""
_read = select(r.c.person_id, r.c.lesson_id).where(
    r.c.person_id.in_(_mine), r.c.lesson_id.in_(bindparam("lessons", expanding=True))
)


@cache
def _asks() -> sa.Select[Any]:
    """What may be asked in some units; `other` where the lesson does not hold there, so that it may be unread."""
    unit = aliased(UnitRow)
    # who has no lesson left has read all that hold where they work: only of other lessons must it be looked up
    topics = exists().where(
        course.c.unit_id == unit.id, course.c.lesson_id == LessonRow.id, LessonRow.topic == QuestionRow.topic
    )
    begun = sa.or_(QuestionRow.lesson_id.is_not(None), ~QuestionRow.shipped, topics.correlate(unit, QuestionRow))
    holds = exists().where(course.c.unit_id == unit.id, course.c.lesson_id == QuestionRow.lesson_id)
    other = sa.case((~holds.correlate(unit, QuestionRow), QuestionRow.lesson_id)).label("other")
    return (
        select(unit.id.label("unit_id"), QuestionRow.id, QuestionRow.topic, other)
        .select_from(unit)
        .join(QuestionRow, QuestionRow.retired_at.is_(None))
        .where(
            unit.id.in_(bindparam("units", expanding=True)), question_holds(unit.path, unit.jurisdiction), begun
        )
        .order_by(QuestionRow.id)
    )  # fmt: skip
