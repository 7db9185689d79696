"""Figures of teams: set-wise, never of a person, read on a board's behalf beside the writer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.db.once import table_of
from bot.learning.habit import rules, store
from bot.learning.habit.days import PUSHED, a, absences, d, missed_in
from bot.learning.habit.model import Mode, TeamDay, TeamFigure
from bot.learning.habit.tables import HabitMemberRow
from bot.people import worktime
from bot.people.model import Unit
from bot.people.tables import PlacementRow, UnitRow

_m, _placed = table_of(HabitMemberRow), table_of(PlacementRow)


def _team_pushes(since: date, upto: date, now: datetime) -> Any:
    """Pushes of a time with the unit somebody had on that day; `did`: they did it, `open`: the time for it is not over.

    A day that was learned counts whatever became of its push: it may have been done with another sitting.
    """
    did = exists().where(d.c.person_id == a.c.person_id, d.c.on_date == a.c.on_date)
    open = and_(~did, a.c.expires_at > now)
    return (
        select(
            a.c.person_id, a.c.on_date, _placed.c.unit_id,
            case((did, 1), else_=0).label("did"), case((open, 1), else_=0).label("open"),
        )
        .join(_placed, and_(
            _placed.c.person_id == a.c.person_id, _placed.c.starts_on <= a.c.on_date,
            or_(_placed.c.ends_on.is_(None), _placed.c.ends_on > a.c.on_date),
        ))
        .where(a.c.on_date >= since, a.c.on_date <= upto, a.c.kind.in_(PUSHED), or_(did, missed_in(a)))
    )  # fmt: skip


def team_days(session: Session, unit: Unit, upto: date, now: datetime) -> list[TeamDay]:
    """The days of a team that are over for all of it: who was at work and had something put before them."""
    here = select(_placed.c.person_id).where(_placed.c.unit_id == unit.id)
    now_here = here.where(_placed.c.starts_on <= upto, or_(_placed.c.ends_on.is_(None), _placed.c.ends_on > upto))
    window = rules.team_window(session.scalar(select(func.count()).select_from(now_here.subquery())) or 0)
    if window is None:
        return []
    since = upto - window
    theirs = (_placed.c.unit_id == unit.id, a.c.person_id.in_(here))
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
    said = store.switches(session, path)
    edges = {on: (_midnight(on), _midnight(on + worktime.DAY)) for on in dates}
    return {on for on, at in edges.items() if Mode.OFF not in {rules.mode_at(said, path, each) for each in at}}


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)


def figures(session: Session, unit: Unit, since: date, upto: date, now: datetime) -> list[TeamFigure]:
    """The teams of a board, from those who joined and nobody else. Reads for a while: beside the writer."""
    members = select(_m.c.person_id).where(_m.c.unit_id == unit.id)
    found = _team_pushes(since, upto, now).where(a.c.person_id.in_(members)).subquery()
    query = select(found, UnitRow.path).join(UnitRow, UnitRow.id == found.c.unit_id).where(found.c.open == 0)
    rows = session.execute(query).all()
    days: dict[str, set[date]] = {}
    for row in rows:
        days.setdefault(row.path, set()).add(row.on_date)
    counted = {path: _counted(session, path, dates) for path, dates in days.items()}
    figures = []
    for part in store.parts(session, unit.id):
        mine = [row for row in rows if row.path.startswith(part.path) and row.on_date in counted[row.path]]
        if mine:
            persons = len({row.person_id for row in mine})
            figures.append(TeamFigure(part, persons, len(mine), sum(row.did for row in mine)))
    return figures
