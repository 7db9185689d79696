"""The date of an instant on the calendar of a unit, in SQL: PostgreSQL knows the zones, SQLite is told their hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from bot.kit.clock import instant
from bot.people.tables import UnitRow

DAY = timedelta(days=1)
LONG_AGO = timedelta(days=400)
"""So far back SQLite knows the hours of zones exactly: an offer is taken up within days."""
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Calendar:
    """How a statement finds the date of an instant on the calendar of a unit: by the engine, or by hours that it is told."""

    engine: str
    hours: tuple[tuple[str, tuple[tuple[datetime, int], ...]], ...] = ()
    """By zone, until when it is so many minutes from UTC. SQLite knows no zones."""


def calendar(session: Session, first: date, last: date) -> Calendar:
    """The calendar for some days and for offers of long before them."""
    engine = session.get_bind().dialect.name
    if engine == "postgresql":
        return Calendar(engine)
    since, until = instant(first, time(), "UTC") - LONG_AGO, instant(last, time(), "UTC") + 3 * DAY
    zones = session.scalars(select(UnitRow.zone).distinct().order_by(UnitRow.zone)).all()
    return Calendar(engine, tuple((zone, changes(zone, since, until)) for zone in zones))


def local_date(how: Calendar, at: ColumnElement[Any], zone: Any) -> ColumnElement[Any]:
    """SQL: the date of an instant on the calendar of a zone."""
    if how.engine == "postgresql":
        return cast(func.timezone(func.coalesce(zone, "UTC"), at), Date)
    told = [(zone == each, _by_hours(at, hours)) for each, hours in how.hours]
    return type_coerce(case(*told, else_=func.date(at)) if told else func.date(at), Date)


def _by_hours(at: ColumnElement[Any], hours: tuple[tuple[datetime, int], ...]) -> ColumnElement[Any]:
    *earlier, (_, last) = hours
    dates = [(at < until, func.date(at, f"{minutes:+d} minutes")) for until, minutes in earlier]
    final = func.date(at, f"{last:+d} minutes")
    return case(*dates, else_=final) if dates else final


@cache
def changes(zone: str, start: datetime, end: datetime) -> tuple[tuple[datetime, int], ...]:
    """(until when, minutes from UTC) of a zone between two instants, in their order; the last holds from then on."""
    where = ZoneInfo(zone)
    at, held, found = start, _minutes(start, where), list[tuple[datetime, int]]()
    while at < end:
        then = min(at + DAY, end)
        if _minutes(then, where) != held:
            low, high = at, then
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if _minutes(middle, where) == held else (low, middle)
            exact = high.replace(second=0, microsecond=0)
            found.append((exact, held))
            held = _minutes(then, where)
        at = then
    return (*found, (FOREVER, held))


def _minutes(at: datetime, zone: ZoneInfo) -> int:
    return int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds() // 60)
