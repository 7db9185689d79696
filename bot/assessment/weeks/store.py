"""Counting a week, and reading what was counted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, Protocol

from sqlalchemy import JSON, BigInteger, Select, Text, bindparam, case, cast, func, select
from sqlalchemy.orm import Session

from bot.assessment.model import Tally
from bot.assessment.today import ANSWERED, OFFERS, READ, of_kinds
from bot.assessment.weeks.tables import ParticipationWeekRow
from bot.db.among import among
from bot.db.once import table_of
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


class Zoned(Protocol):
    """A unit as far as counting needs it."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def zone(self) -> str:
        """On whose calendar its weeks are."""


def counted(session: Session, units: Collection[Zoned], week: date) -> dict[int, Tally]:
    """By unit whoever was offered a lesson or questions in a week, and who of these read or answered in it."""
    found = {unit.id: Tally() for unit in units}
    for zone in sorted({unit.zone for unit in units}):
        ids = [unit.id for unit in units if unit.zone == zone]
        starts, ends = instant(week, time(), zone), instant(week + WEEK, time(), zone)
        for unit, offered, took_part in session.execute(_counted(starts, ends), {"units": ids}):
            found[unit] = Tally(0, int(offered), took_part=int(took_part))
    return found


def _counted(starts: datetime, ends: datetime) -> Select[Any]:
    kinds = (*OFFERS, READ, ANSWERED)
    offered = func.max(case((FactRow.kind.in_(OFFERS), 1), else_=0)).label("offered")
    did = func.max(case((FactRow.kind.in_((READ, ANSWERED)), 1), else_=0)).label("did")
    which = (among(FactRow.unit_id, "units"), of_kinds(kinds), FactRow.at >= starts, FactRow.at < ends)
    each = select(FactRow.unit_id, offered, did).where(*which).group_by(FactRow.unit_id, FactRow.pseudonym).subquery()
    both = func.sum(each.c.offered * each.c.did)
    return select(each.c.unit_id, func.sum(each.c.offered), both).group_by(each.c.unit_id)


def kept(session: Session, counted_with: Mapping[int, int], since: date) -> dict[date, dict[int, Tally]]:
    """What was counted, by week; each unit's with the one that it is counted with."""
    values = {"counted_with": json.dumps(counted_with), "since": since}
    found: dict[date, dict[int, Tally]] = {}
    for week, unit, offered, took_part in session.execute(_kept(session.get_bind().dialect.name), values):
        found.setdefault(week, {})[unit] = Tally(0, int(offered), took_part=int(took_part))
    return found


@cache
def _kept(engine: str) -> Select[Any]:
    """Added up by the database: a large company has tens of thousands of rows, and a page shows hundreds of sums."""
    given: Any = bindparam("counted_with", type_=Text)
    pairs = func.json_each(given) if engine == "sqlite" else func.json_each_text(cast(given, JSON))
    pair = pairs.table_valued("key", "value")
    week, whose = table_of(ParticipationWeekRow).c, cast(pair.c.value, BigInteger)
    query = (
        select(week.week_on, whose, func.sum(week.offered), func.sum(week.took_part))
        .select_from(pair)
        .join(ParticipationWeekRow.__table__, week.unit_id == cast(pair.c.key, BigInteger))
    )
    return query.where(week.week_on >= bindparam("since", type_=week.week_on.type)).group_by(week.week_on, whose)


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
