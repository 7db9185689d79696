"""What plans and posts put first for the people of a slice of the daily push, by sets: a statement or two for all of them.

Plans are few and people many. So the plans in force are written into a working table, spread over the units of the slice,
and everybody looks up their own by their unit and post. Where there is no plan nothing of this is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Executable, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db import sets
from bot.db.once import table_of
from bot.learning.plans import store
from bot.learning.plans.model import Plan, What
from bot.learning.tables import ReadingRow
from bot.learning.working import aims, course, first, own, plans, s
from bot.people.tables import PostRow, UnitRow

_read = table_of(ReadingRow)
_mine = (aims.c.unit_id == s.c.unit_id, aims.c.post.in_(("", s.c.post)))


@dataclass(frozen=True)
class Hour:
    """Whose time it is: of those for whom a plan names the hour `at`; without one, of those for whom it names none of `besides`."""

    at: time | None = None
    besides: tuple[time, ...] = ()


ANY = Hour()


def hours(held: Sequence[Plan], on: date) -> tuple[time, ...]:
    """The hours that plans name for a date."""
    return tuple(sorted({each.terms.at for each in held if each.terms.at is not None and each.comes(on)}))


def paths(held: Sequence[Plan], on: date, at: time) -> list[str]:
    """The units for whose people a plan names an hour for a date; for some of them a nearer plan may name another."""
    return sorted({each.path for each in held if each.terms.at == at and each.comes(on)})


def narrow(session: Session, held: Sequence[Plan], on: date, hour: Hour) -> tuple[bool, bool]:
    """Leaves those of the slice whose day and hour it is by their plans.

    Says whether any plan holds on the day (the working tables are filled then), and whether one puts lessons first.
    """
    here = [each for each in held if each.holds(on)]
    if not here:
        return False, False
    sets.working_tables(session, plans, aims, first)
    lessons = store.lessons(session, [each for each in here if each.comes(on)])
    session.execute(sa.insert(plans), [row for rank, each in enumerate(here) for row in _spread(rank, each, on)])
    engine = session.get_bind().dialect.name
    spread, rested, at_another, at_any = _narrowing(engine)
    session.execute(spread)
    if any(each.terms.what is What.DAILY and not each.comes(on) for each in here):
        session.execute(rested)
    if hour.at is not None:
        session.execute(at_another, {"hour": hour.at})
    elif hour.besides:
        session.execute(at_any, {"hours": list(hour.besides)})
    rows = [
        {"rank": rank, "position": position, "lesson_id": lesson}
        for rank, each in enumerate(here)
        for position, lesson in enumerate(lessons.get(each.id, ()))
    ]
    if rows:
        session.execute(sa.insert(first), rows)
    return True, bool(rows)


def _spread(rank: int, each: Plan, on: date) -> list[dict[str, Any]]:
    terms = each.terms
    daily, comes = terms.what is What.DAILY, each.comes(on)
    row = {
        "rank": rank, "path": each.path, "daily": daily, "comes": comes, "at": terms.at if comes else None,
        "topic": terms.which if comes and terms.what is What.TOPIC else None, "since": each.since,
    }  # fmt: skip
    return [row | {"post": post} for post in terms.posts or ("",)]


@cache
def _narrowing(engine: str) -> tuple[Executable, Executable, Executable, Executable]:
    """Plans spread over the units of the slice; and who of it goes: those with a day off by plan, those of another hour."""
    unit = aliased(UnitRow)
    spread = (
        select(unit)
        .join(plans, unit.path.startswith(plans.c.path))
        .where(unit.id.in_(select(s.c.unit_id)), plans.c.rank >= 0)
    )
    columns: dict[str, Any] = {"unit_id": unit.id} | {each.name: each for each in plans.c if each.name != "path"}
    daily = (
        select(aims.c.comes).where(*_mine, aims.c.daily).order_by(aims.c.rank).limit(1).correlate(s).scalar_subquery()
    )
    others = exists().where(*_mine, ~aims.c.daily, aims.c.comes).correlate(s)
    named = (
        select(aims.c.at)
        .where(*_mine, aims.c.at.is_not(None))
        .order_by(aims.c.daily, aims.c.rank)
        .limit(1)
        .correlate(s)
        .scalar_subquery()
    )
    at = sa.bindparam("hour", type_=sa.Time())
    among = sa.bindparam("hours", type_=sa.Time(), expanding=True)
    return (
        sets.insert_from(engine, aims, columns, spread),
        sa.delete(s).where(func.coalesce(daily, sa.true()).is_(sa.false()), ~others),
        sa.delete(s).where(named.is_distinct_from(at)),
        sa.delete(s).where(named.in_(among)),
    )


# --- which lesson ------------------------------------------------------------------------------------------------------


def planned_lesson() -> Any:
    """SQL: the first lesson of somebody's plans, in their order, that holds where they work and was not read since."""
    there = (course.c.unit_id == aims.c.unit_id) & (course.c.lesson_id == first.c.lesson_id)
    return (
        select(first.c.lesson_id)
        .select_from(first.join(aims, aims.c.rank == first.c.rank).join(course, there))
        .where(
            *_mine,
            aims.c.comes,
            ~exists()
            .where(
                _read.c.person_id == s.c.person_id,
                _read.c.lesson_id == first.c.lesson_id,
                _read.c.read_at >= aims.c.since,
            )
            .correlate_except(_read),
        )
        .order_by(aims.c.rank, first.c.position)
        .limit(1)
        .correlate(s)
        .scalar_subquery()
    )


def topic_first() -> Any:
    """SQL: the topic whose questions come first for somebody by their plans."""
    mine = select(aims.c.topic).where(*_mine, aims.c.topic.is_not(None))
    return mine.order_by(aims.c.rank).limit(1).correlate(s).scalar_subquery()


def posts(session: Session) -> bool:
    """Writes down what each post learns first; says whether there is any that does."""
    sets.working_tables(session, own)
    rows = [
        {"post": code, "topic": topic}
        for code, topics in own_topics(session).items()
        for topic in dict.fromkeys(topics)
    ]
    if rows:
        session.execute(sa.insert(own), rows)
    return bool(rows)


def own_topics(session: Session) -> Mapping[str, Sequence[str]]:
    """By post the topics that it learns first."""
    return {code: topics or () for code, topics in session.execute(select(PostRow.code, PostRow.topics))}


def own_lesson() -> Any:
    """SQL: the first lesson about a topic of somebody's own post that holds where they work and that they have not read.

    What a trainer here has written comes before: it was made for these very people.
    """
    written = course.c.position < 0
    return (
        select(course.c.lesson_id)
        .select_from(course.join(own, or_(own.c.topic == course.c.topic, written)))
        .where(
            own.c.post == s.c.post,
            course.c.unit_id == s.c.unit_id,
            ~exists()
            .where(_read.c.person_id == s.c.person_id, _read.c.lesson_id == course.c.lesson_id)
            .correlate_except(_read),
        )
        .order_by(course.c.position, course.c.lesson_id)
        .limit(1)
        .correlate(s)
        .scalar_subquery()
    )
