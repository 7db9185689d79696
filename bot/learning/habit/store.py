"""Questions about days, badges, boards and switches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Executable, Integer, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.once import table_of
from bot.learning.habit import rules
from bot.learning.habit.model import Badge, Earned, Mode, Switched
from bot.learning.habit.tables import HabitBadgeRow, HabitBoardRow, HabitMemberRow, HabitSwitchRow
from bot.learning.tables import AnswerRow, ReadingRow
from bot.library.tables import LessonRow
from bot.people import store as people
from bot.people.model import Unit
from bot.people.tables import UnitRow

_b, _w = table_of(HabitBadgeRow), table_of(HabitSwitchRow)
_badges = (
    select(_b.c.badge, _b.c.earned_on, _b.c.told_in).where(_b.c.person_id == bindparam("person")).order_by(_b.c.id)
)
_switches = (
    select(UnitRow.path, _w.c.mode, _w.c.at)
    .join(UnitRow, UnitRow.id == _w.c.unit_id)
    .where(among(_w.c.unit_id, "units"))
    .order_by(_w.c.id)
)


def _kept() -> Executable:
    now_, then, between = (table_of(AnswerRow).alias(name) for name in ("now_", "then_", "between_"))
    person, sitting = bindparam("person", type_=Integer()), bindparam("sitting", type_=Integer())
    before = bindparam("before", type_=then.c.answered_at.type)
    again = exists().where(
        between.c.person_id == person, between.c.question_id == now_.c.question_id,
        between.c.answered_at > before, between.c.assignment_id != sitting,
    )  # fmt: skip
    right = (now_.c.assignment_id == sitting, now_.c.right.is_(True), then.c.right.is_(True))
    earlier = (then.c.person_id == person, then.c.question_id == now_.c.question_id, then.c.answered_at <= before)
    return select(now_.c.id).join(then, and_(*earlier)).where(*right, ~again).limit(1)


_kept_it = _kept()
_topics = (
    select(func.count(LessonRow.topic.distinct()))
    .join(ReadingRow, ReadingRow.lesson_id == LessonRow.id)
    .where(ReadingRow.person_id == bindparam("person"))
)


# --- badges --------------------------------------------------------------------------------------------------------


def badges(session: Session, person: int) -> list[Earned]:
    """What somebody has, oldest first."""
    found = session.execute(_badges, {"person": person})
    return [Earned(Badge(row.badge), row.earned_on, row.told_in) for row in found if row.badge in set(Badge)]


def kept(session: Session, person: int, assignment: int, now: datetime) -> bool:
    """Whether something of this sitting was right that they had known and not been asked for thirty days."""
    values = {"person": person, "sitting": assignment, "before": now - rules.KEPT_FOR}
    return session.execute(_kept_it, values).first() is not None


def topics_read(session: Session, person: int) -> int:
    """Of how many topics somebody has read a lesson."""
    return session.scalar(_topics, {"person": person}) or 0


# --- what is counted where -----------------------------------------------------------------------------------------


def switches(session: Session, path: str) -> list[Switched]:
    """What was said of a unit and those above it."""
    found = session.execute(_switches, {"units": people.ancestors(path)})
    return [Switched(row.path, Mode(row.mode), row.at) for row in found]


def mode(session: Session, path: str, now: datetime) -> Mode:
    """What is counted in a unit now."""
    return rules.mode_at(switches(session, path), path, now)


# --- teams ---------------------------------------------------------------------------------------------------------


def boards_above(session: Session, path: str) -> Unit | None:
    """The nearest unit above somebody whose board is switched on."""
    query = select(UnitRow).join(HabitBoardRow, HabitBoardRow.unit_id == UnitRow.id)
    found = session.scalars(query.where(UnitRow.id.in_(people.ancestors(path))))
    row = max(found, key=lambda each: len(each.path), default=None)
    return people.as_unit(row) if row is not None else None


def has_board(session: Session, unit: int) -> bool:
    """Whether the board of a unit is switched on."""
    return session.get(HabitBoardRow, unit, populate_existing=True) is not None


def joined(session: Session, person: int) -> int | None:
    """In the board of which unit somebody counts."""
    return session.scalar(select(HabitMemberRow.unit_id).where(HabitMemberRow.person_id == person))


def parts(session: Session, unit: int) -> list[Unit]:
    """The open units right below one."""
    query = select(UnitRow).where(UnitRow.parent_id == unit, UnitRow.ends_on.is_(None)).order_by(UnitRow.name)
    return [people.as_unit(row) for row in session.scalars(query)]


def units_led(session: Session, paths: Sequence[str]) -> list[Unit]:
    """The widest units of some paths."""
    widest = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    found = [people.unit(session, people.ancestors(path)[0]) for path in widest]
    return [unit for unit in found if unit is not None]
