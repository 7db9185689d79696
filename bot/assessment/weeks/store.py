"""Counting a week, and reading what was counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from bot.assessment.model import Tally
from bot.assessment.store import ANSWERED, OFFERS, READ
from bot.assessment.weeks.tables import ParticipationWeekRow
from bot.db.among import among
from bot.kit.clock import instant
from bot.ledger.tables import FactRow
from bot.people.model import Unit

WEEK = timedelta(days=7)
WEEKS = 12


def week_of(on: date) -> date:
    """The Monday of a day's week."""
    return on - timedelta(days=on.weekday())


def weeks(today: date) -> list[date]:
    """The Mondays of the last weeks, the running one last."""
    last = week_of(today)
    return [last - WEEK * back for back in reversed(range(WEEKS))]


def counted(session: Session, unit: Unit, week: date) -> Tally:
    """Whoever of a unit was offered a lesson or questions in a week, and who of these read or answered in it."""
    starts, ends = instant(week, time(), unit.zone), instant(week + WEEK, time(), unit.zone)
    kinds = (*OFFERS, READ, ANSWERED)
    offered = func.max(case((FactRow.kind.in_(OFFERS), 1), else_=0)).label("offered")
    did = func.max(case((FactRow.kind.in_((READ, ANSWERED)), 1), else_=0)).label("did")
    each = (
        select(offered, did)
        .where(FactRow.unit_id == unit.id, FactRow.kind.in_(kinds), FactRow.at >= starts, FactRow.at < ends)
        .group_by(FactRow.pseudonym)
        .subquery()
    )
    row = session.execute(select(func.sum(each.c.offered), func.sum(each.c.offered * each.c.did))).one()
    return Tally(0, int(row[0] or 0), took_part=int(row[1] or 0))


def kept(session: Session, units: Collection[int], since: date) -> dict[date, dict[int, Tally]]:
    """What was counted, by week and unit."""
    query = select(ParticipationWeekRow).where(
        among(ParticipationWeekRow.unit_id, "units"), ParticipationWeekRow.week_on >= since
    )
    found: dict[date, dict[int, Tally]] = {}
    for row in session.scalars(query, {"units": list(units)}):
        found.setdefault(row.week_on, {})[row.unit_id] = Tally(0, row.offered, took_part=row.took_part)
    return found


def uncounted(session: Session, units: Sequence[Unit], over: Sequence[date], most: int) -> list[tuple[Unit, date]]:
    """Units and weeks that are over and not counted yet, the newest week first."""
    found: list[tuple[Unit, date]] = []
    for week in reversed(over):
        query = select(ParticipationWeekRow.unit_id).where(ParticipationWeekRow.week_on == week)
        there = set(session.scalars(query))
        found += [(unit, week) for unit in units if unit.id not in there]
        if len(found) >= most:
            break
    return found[:most]


def is_over(week: date, unit: Unit, now: datetime) -> bool:
    """Whether a week is over in a unit, and what was offered on its last evening has been answered or not."""
    return instant(week + WEEK, time(), unit.zone) + timedelta(hours=12) <= now
