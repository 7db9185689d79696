"""Who works when: rosters, usual shifts, and the weekdays of a unit."""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.kit.clock import instant, local_date
from bot.kit.quiet import quiet_ends
from bot.people import store
from bot.people.model import Person, Shift
from bot.people.rules import Presence, shift_window, works_on
from bot.people.tables import RosterRow, SpecialDayRow, UnitRow

DAY = timedelta(days=1)
_listed = select(RosterRow.person_id, RosterRow.on_date, RosterRow.shift).where(
    among(RosterRow.person_id, "ids"), RosterRow.on_date.in_(bindparam("dates", expanding=True))
)
_workdays = select(UnitRow.id, UnitRow.workdays, UnitRow.path).where(among(UnitRow.id, "units"))
_special = (
    select(SpecialDayRow.on_date, UnitRow.path, SpecialDayRow.works)
    .join(UnitRow, UnitRow.id == SpecialDayRow.unit_id)
    .where(SpecialDayRow.on_date.in_(bindparam("dates", expanding=True)))
    .order_by(func.length(UnitRow.path), UnitRow.path)
)
Specials = dict[date, list[tuple[str, bool]]]
"""By date, the units (by path, a farther one before a nearer) in which it is no usual day, and whether it is worked."""


def specials(session: Session, dates: Collection[date]) -> Specials:
    """Public holidays, and days worked in their place."""
    found: Specials = {}
    for on, path, works in session.execute(_special, {"dates": list(dates)}):
        found.setdefault(on, []).append((path, works))
    return found


def special(found: Specials, on: date, path: str) -> bool | None:
    """Whether a special day is worked in a unit: as the nearest unit above says; None on a usual day."""
    return next((works for above, works in reversed(found.get(on, [])) if path.startswith(above)), None)


def workday(session: Session, on: date) -> ColumnElement[bool]:
    """SQL: the unit of the surrounding query works on this date; see `rules.works_on`, which asks the roster first.

    The few special days of a date are written out: joined, they would be looked up for everybody.
    """
    works: ColumnElement[bool] = UnitRow.workdays.contains(str(on.isoweekday()))
    for path, worked in specials(session, [on]).get(on, []):
        here = UnitRow.path.startswith(path)
        works = or_(here, works) if worked else and_(~here, works)
    return works


def working_days(session: Session, who: Person, dates: Collection[date]) -> set[date]:
    """Those of some dates on which somebody works: by the roster, public holidays and their unit's weekdays, as known now."""
    if not dates:
        return set()
    found = session.execute(_listed, {"ids": [who.id], "dates": sorted(dates)})
    listed = {row.on_date: row.shift for row in found}
    there = session.execute(_workdays, {"units": [who.unit]}).first()
    weekdays, off = (there.workdays if there else ""), specials(session, dates)
    return {
        day
        for day in dates
        if works_on(
            day,
            weekdays,
            listed=day in listed,
            shift=listed.get(day, who.shift),
            special=special(off, day, who.path) if day in off else None,
        )
    }


def presence(session: Session, who: Person, now: datetime) -> Presence:
    """What somebody's day looks like: the roster before the usual shift on their unit's working days, leave before both."""
    return presences(session, [who], now, store.deputies(session, [who.id], now))[who.id]


def presences(session: Session, people: Sequence[Person], now: datetime, away: Container[int]) -> dict[int, Presence]:
    """The same for many, by id. `away` are those of them who are."""
    if not people:
        return {}
    today = {who.id: local_date(now, who.zone) for who in people}
    dates = sorted({day for each in today.values() for day in (each, each - DAY)})
    found = session.execute(_listed, {"ids": list(today), "dates": dates})
    listed = {(row.person_id, row.on_date): row.shift for row in found}
    found = session.execute(_workdays, {"units": list({who.unit for who in people})})
    usual, known = {row.id: row for row in found}, store.shifts(session)
    off = specials(session, dates)

    def worked(who: Person, day: date) -> Shift | None:
        shift = listed.get((who.id, day), who.shift)
        there = usual.get(who.unit)
        weekdays, holiday = (there.workdays, special(off, day, there.path)) if there else ("", None)
        works = works_on(day, weekdays, listed=(who.id, day) in listed, shift=shift, special=holiday)
        return known.get(shift or "") if works else None

    return {
        who.id: Presence(worked(who, today[who.id]), worked(who, today[who.id] - DAY), who.id in away) for who in people
    }


LOOK_AHEAD = 21
"""Days in which the next working time is looked for."""


def next_working_time(session: Session, who: Person, at: datetime) -> datetime:
    """The first instant at or after `at` in somebody's working time: in a shift of theirs, or, for those without a shift,
    on a working day outside their quiet hours. `at` itself where none is found.
    """
    first = local_date(at, who.zone)
    days = [first + DAY * ahead for ahead in range(-1, LOOK_AHEAD)]
    listed = {row.on_date: row.shift for row in session.execute(_listed, {"ids": [who.id], "dates": days})}
    shifts, works = store.shifts(session), working_days(session, who, days)
    for day in days:
        if day not in works:
            continue
        shift = shifts.get(listed.get(day, who.shift) or "")
        starts, ends = _window(who, shift, day)
        if at < ends:
            return max(at, starts)
    return at


def _window(who: Person, shift: Shift | None, day: date) -> tuple[datetime, datetime]:
    """From when to when somebody works on a working day of theirs."""
    if shift is not None:
        return shift_window(shift, instant(day, time(12), who.zone), who.zone)
    midnight, next_day = instant(day, time(), who.zone), instant(day + DAY, time(), who.zone)
    starts = quiet_ends(who.quiet, midnight)
    ends = instant(day, who.quiet.start, who.zone) if who.quiet.start > time() else next_day
    return starts, ends if ends > starts else next_day
