"""A picture of a year put together for one reader: series, Pareto chart, heat map, of the units that they answer for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.analysis.indicators import rules, store
from bot.analysis.indicators.model import MONTHS, Bar, Heat, Series, What
from bot.analysis.indicators.store import Scope
from bot.kit.clock import local_date
from bot.people import store as people
from bot.people.model import Role, Unit, Viewer


@dataclass(frozen=True)
class Year:
    """What somebody may see of the last twelve months; `units` are those they chose or answer for."""

    units: tuple[Unit, ...]
    months: tuple[date, ...]
    series: tuple[Series, ...]
    pareto: tuple[Bar, ...]
    heat: Heat


def units_of(session: Session, viewer: Viewer, chosen: int = 0) -> list[Unit]:
    """The widest units that somebody answers for, or the one of these (or below them) that they chose."""
    paths = viewer.paths(Role.SUPERVISOR)
    if chosen:
        found = people.some_units(session, [chosen])
        return [unit for unit in found if any(unit.path.startswith(path) for path in paths)]
    tops = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    return people.units_at(session, tops)


def scope(viewer: Viewer, units: list[Unit], first: date, last: date, now: datetime) -> Scope:
    """The days of some months at some units, for somebody."""
    return Scope(tuple(unit.path for unit in units), first, rules.next_month(last) - rules.DAY, viewer.person, now)


def year(session: Session, viewer: Viewer, now: datetime, chosen: int = 0) -> Year | None:
    """The last twelve months; None where somebody answers for nothing there. Harm only for whoever may see the register."""
    units = units_of(session, viewer, chosen)
    if not units:
        return None
    months = rules.months(local_date(now, units[0].zone), MONTHS)
    seen = scope(viewer, units, months[0], months[-1], now)
    shown = [what for what in What if what is not What.HURT or viewer.anywhere(Role.SAFETY_OFFICER)]
    reports, where = store.found(session, seen)
    counted = {what: reports if what is What.REPORTS else store.by_month(session, what, seen) for what in shown}
    series = tuple(rules.series(what, months, counted[what]) for what in shown)
    by_category: dict[str, int] = {}
    for (_, category), n in where.items():
        by_category[category] = by_category.get(category, 0) + n
    names = {id: "" for id, _ in where}
    heat = rules.heat(where, names)
    return Year(tuple(units), months, series, rules.pareto(by_category), heat)
