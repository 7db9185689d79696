"""Questions about days, badges, boards and switches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from bot.db import sets
from bot.db.once import table_of
from bot.learning.habit import rules
from bot.learning.habit.model import (
    Badge,
    Earned,
    Mode,
    Push,
    Seen,
    Streak,
    Switched,
    TeamDay,
    TeamFigure,
    What,
)
from bot.learning.habit.tables import (
    HabitBadgeRow,
    HabitBoardRow,
    HabitDayRow,
    HabitExcuseRow,
    HabitMemberRow,
    HabitSwitchRow,
)
from bot.learning.model import Kind, State
from bot.learning.tables import AnswerRow, AssignmentRow, ReadingRow
from bot.ledger import store as ledger
from bot.ledger.tables import FactRow
from bot.library.tables import LessonRow
from bot.people import store as people
from bot.people import worktime
from bot.people.model import Person, Unit
from bot.people.tables import LeaveRow, PlacementRow, RosterRow, UnitRow

PUSHED = (Kind.LESSON.value, Kind.REVIEW.value, Kind.POLL.value)

_a, _d, _e, _f, _m = (table_of(row) for row in (AssignmentRow, HabitDayRow, HabitExcuseRow, FactRow, HabitMemberRow))
_leave, _roster, _placed = (table_of(row) for row in (LeaveRow, RosterRow, PlacementRow))

_never_came = exists().where(_f.c.key == sets.joined("undelivered:", _a.c.id))
_on_leave = exists().where(
    _leave.c.person_id == _a.c.person_id,
    _leave.c.starts_at < _a.c.expires_at,
    or_(_leave.c.ends_at.is_(None), _leave.c.ends_at > _a.c.offered_at),
)
_off = exists().where(
    _roster.c.person_id == _a.c.person_id, _roster.c.on_date == _a.c.on_date, _roster.c.shift.is_(None)
)
_said_so = exists().where(_e.c.person_id == _a.c.person_id, _e.c.on_date == _a.c.on_date)
_begun = _a.c.state.in_((State.OPENED.value, State.READ.value))
_undone = _a.c.state != State.DONE.value
_excused: ColumnElement[bool] = or_(_begun, _never_came, _on_leave, _off, _said_so)
"""What was not done and still missed by nobody: it never came, they were away or off, they say so, or they had begun."""

_pushes = select(
    _a.c.id, _a.c.on_date, _a.c.offered_at, _a.c.expires_at, _undone.label("undone"),
    case((_undone, _excused), else_=true()).label("excused"),
).where(_a.c.person_id == bindparam("person"), _a.c.kind.in_(PUSHED))  # fmt: skip
_learned = select(_d.c.on_date).where(_d.c.person_id == bindparam("person"))


# --- one person ----------------------------------------------------------------------------------------------------


def learned_days(session: Session, person: int) -> list[date]:
    """The working days on which somebody did what the day held."""
    return list(session.scalars(_learned, {"person": person}))


def pushes(session: Session, person: int) -> list[Push]:
    """All that was put before somebody day by day."""
    return [Push(*row) for row in session.execute(_pushes, {"person": person})]


def seen(session: Session, who: Person, now: datetime) -> list[tuple[date, Seen]]:
    """All that is known of somebody's days, for `rules.judge`. What still lies open is not known yet."""
    known = [(on, Seen.LEARNED) for on in learned_days(session, who.id)]
    given = pushes(session, who.id)
    missed = [each for each in given if each.undone and not each.excused and each.expires_at <= now]
    if not missed:
        return known
    ahead, outages = rules.phantoms(given), absences(session, min(each.offered_at for each in missed), now)
    works = worktime.working_days(session, who, {each.on for each in missed})
    said = switches(session, who.path)
    for each in missed:
        counted = rules.mode_at(said, who.path, each.offered_at) is not Mode.OFF
        fair = each.on in works and each.id not in ahead and not rules.was_out(each, outages) and counted
        known.append((each.on, Seen.OFFERED if fair else Seen.EXCUSED))
    return known


def streak(session: Session, who: Person, now: datetime, on: date | None = None) -> Streak:
    """The streak as of a date (today), worked out from the days."""
    known = seen(session, who, now)
    # a clock that was set back must not hide what was done while it was ahead
    upto = on or max([people.today_of(who, now), *(day for day, what in known if what is Seen.LEARNED)])
    return rules.streak(rules.judge(known), upto)


def missed(session: Session, who: Person, now: datetime) -> list[date]:
    """Missed days of the last weeks: those of which somebody can still say that they were away."""
    since = people.today_of(who, now) - rules.SAID_WITHIN
    days = rules.judge(seen(session, who, now))
    return sorted(on for on, what in days.items() if what is What.MISSED and on >= since)


def absences(session: Session, since: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """When Davy was not there."""
    found = ledger.between(session, since, now, ("WasAway",))
    return [(datetime.fromisoformat(f.body["since"]), datetime.fromisoformat(f.body["until"])) for f in found]


def noted(session: Session, person: int, on: date) -> int | None:
    """With which assignment a day was learned; None where it was not."""
    query = select(_d.c.assignment_id).where(_d.c.person_id == person, _d.c.on_date == on)
    return session.scalar(query)


# --- badges --------------------------------------------------------------------------------------------------------


def badges(session: Session, person: int) -> list[Earned]:
    """What somebody has, oldest first."""
    query = select(HabitBadgeRow).where(HabitBadgeRow.person_id == person)
    rows = session.scalars(query.order_by(HabitBadgeRow.id).execution_options(populate_existing=True))
    return [Earned(Badge(row.badge), row.earned_on, row.told_in) for row in rows if row.badge in set(Badge)]


def kept(session: Session, person: int, assignment: int, now: datetime) -> bool:
    """Whether something of this sitting was right that they had not been asked for thirty days."""
    then, between = aliased(AnswerRow), aliased(AnswerRow)
    before = now - rules.KEPT_FOR
    again = exists().where(
        between.person_id == person, between.question_id == AnswerRow.question_id,
        between.answered_at > before, between.assignment_id != assignment,
    )  # fmt: skip
    query = (
        select(AnswerRow.id)
        .join(then, and_(then.person_id == person, then.question_id == AnswerRow.question_id))
        .where(
            AnswerRow.assignment_id == assignment,
            AnswerRow.right.is_(True),
            then.answered_at <= before,
            then.right.is_(True),
            ~again,
        )
    )
    return session.scalar(query.limit(1)) is not None


def topics_read(session: Session, person: int) -> int:
    """Of how many topics somebody has read a lesson."""
    query = select(func.count(LessonRow.topic.distinct())).join(ReadingRow, ReadingRow.lesson_id == LessonRow.id)
    return session.scalar(query.where(ReadingRow.person_id == person)) or 0


# --- what is counted where -----------------------------------------------------------------------------------------


def switches(session: Session, path: str) -> list[Switched]:
    """What was said of a unit and those above it."""
    query = select(UnitRow.path, HabitSwitchRow.mode, HabitSwitchRow.at).join(
        UnitRow, UnitRow.id == HabitSwitchRow.unit_id
    )
    found = session.execute(query.where(HabitSwitchRow.unit_id.in_(people.ancestors(path))).order_by(HabitSwitchRow.id))
    return [Switched(row.path, Mode(row.mode), row.at) for row in found]


def mode(session: Session, path: str, now: datetime) -> Mode:
    """What is counted in a unit now."""
    return rules.mode_at(switches(session, path), path, now)


# --- teams ---------------------------------------------------------------------------------------------------------


def _team_pushes(since: date, upto: date, now: datetime) -> Any:
    """Pushes of a time with the unit somebody had on that day; `did`: they did it, `open`: the time for it is not over.

    A day that was learned counts whatever became of its push: it may have been done with another sitting.
    """
    did = exists().where(_d.c.person_id == _a.c.person_id, _d.c.on_date == _a.c.on_date)
    open = and_(~did, _a.c.expires_at > now)
    return (
        select(
            _a.c.person_id, _a.c.on_date, _placed.c.unit_id,
            case((did, 1), else_=0).label("did"), case((open, 1), else_=0).label("open"),
        )
        .join(_placed, and_(
            _placed.c.person_id == _a.c.person_id, _placed.c.starts_on <= _a.c.on_date,
            or_(_placed.c.ends_on.is_(None), _placed.c.ends_on > _a.c.on_date),
        ))
        .where(_a.c.on_date >= since, _a.c.on_date <= upto, _a.c.kind.in_(PUSHED), or_(did, and_(_undone, ~_excused)))
    )  # fmt: skip


def team_days(session: Session, unit: Unit, upto: date, now: datetime) -> list[TeamDay]:
    """The days of a team that are over for all of it: who was at work and had something put before them."""
    since = upto - rules.TEAM_WINDOW
    here = select(_placed.c.person_id).where(_placed.c.unit_id == unit.id)
    theirs = (_placed.c.unit_id == unit.id, _a.c.person_id.in_(here))
    found = _team_pushes(since, upto, now).where(*theirs).subquery()
    query = select(found.c.on_date, func.count(found.c.person_id.distinct()), func.sum(found.c.did))
    over = func.sum(found.c.open) == 0
    days = [TeamDay(*row) for row in session.execute(query.group_by(found.c.on_date).having(over))]
    if not days:
        return []
    dates = [day.on for day in days]
    special, counted = worktime.specials(session, dates), _counted(session, unit.path, dates)
    outages = absences(session, _midnight(since), now)
    out = {at.date() for pair in outages if pair[1] - pair[0] >= rules.OUTAGE for at in pair}
    fair = counted - out
    return [d for d in days if d.on in fair and worktime.special(special, d.on, unit.path) is not False]


def _counted(session: Session, path: str, dates: Collection[date]) -> set[date]:
    """Those of some dates on which something was counted in a unit, from their beginning to their end."""
    said = switches(session, path)
    edges = {on: (_midnight(on), _midnight(on + worktime.DAY)) for on in dates}
    return {on for on, at in edges.items() if Mode.OFF not in {rules.mode_at(said, path, each) for each in at}}


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)


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


def figures(session: Session, unit: Unit, since: date, upto: date, now: datetime) -> list[TeamFigure]:
    """The teams of a board, from those who joined and nobody else. Reads for a while: beside the writer."""
    members = select(_m.c.person_id).where(_m.c.unit_id == unit.id)
    found = _team_pushes(since, upto, now).where(_a.c.person_id.in_(members)).subquery()
    query = select(found, UnitRow.path).join(UnitRow, UnitRow.id == found.c.unit_id).where(found.c.open == 0)
    rows = session.execute(query).all()
    days: dict[str, set[date]] = {}
    for row in rows:
        days.setdefault(row.path, set()).add(row.on_date)
    counted = {path: _counted(session, path, dates) for path, dates in days.items()}
    figures = []
    for part in parts(session, unit.id):
        mine = [row for row in rows if row.path.startswith(part.path) and row.on_date in counted[row.path]]
        if mine:
            persons = len({row.person_id for row in mine})
            figures.append(TeamFigure(part, persons, len(mine), sum(row.did for row in mine)))
    return figures


def units_led(session: Session, paths: Sequence[str]) -> list[Unit]:
    """The widest units of some paths."""
    widest = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    found = [people.unit(session, people.ancestors(path)[0]) for path in widest]
    return [unit for unit in found if unit is not None]
