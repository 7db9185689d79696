"""Questions of the assessment: who was employed when, what the ledger says of it, and who took part today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.assessment import today
from bot.assessment.model import FIGURES, KINDS, Employed, Happened, Period, Place, Tally
from bot.assessment.model import LOST as LOST_KINDS
from bot.assessment.today import TODAY, Counts
from bot.db.among import among
from bot.db.once import table_of
from bot.kit.clock import instant, local_date
from bot.learning.induction import store as induction
from bot.ledger import store as ledger
from bot.ledger.tables import FactRow, PseudonymRow
from bot.people import agreement
from bot.people import store as people
from bot.people.model import Person, Unit
from bot.people.tables import LeaveRow, PersonRow, PlacementRow, RosterRow, UnitRow

DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
KNOWN_WITHIN = timedelta(days=31)
"""For how long after a period we look for what never arrived; a message that waits is given up long before."""
WIDEST_ZONE = timedelta(hours=14)
"""The farthest that a local calendar is from UTC (UTC+14; the other way it is 12)."""


def company(session: Session) -> tuple[str, str]:
    """The company's name and language; empty and English before there is one."""
    row = session.scalar(select(UnitRow).where(UnitRow.parent_id.is_(None)).order_by(UnitRow.id).limit(1))
    return (row.name, row.language) if row else ("", "en")


def happened(session: Session, period: Period) -> Iterator[Happened]:
    """The facts that may belong to a period on any calendar, oldest first; the rules look at the date.

    After them comes what was only known later not to have arrived.
    """
    starts = instant(period.starts, time(), "UTC") - WIDEST_ZONE
    ends = instant(period.ends + DAY, time(), "UTC") + WIDEST_ZONE
    late = ledger.between(session, ends, ends + KNOWN_WITHIN, LOST_KINDS)
    for fact in chain(ledger.between(session, starts, ends, KINDS), late):
        yield Happened(fact.kind, fact.key.partition(":")[2], fact.at, fact.person, fact.body)


def employed(
    session: Session, period: Period, ids: Collection[int] | None = None, *, clearance: bool = True
) -> list[Employed]:
    """Everybody (or those of `ids`) who was employed on at least one day of a period, with unit and post of their last day in
    it; without `clearance` it is not asked whether they might work.
    """
    names = {row.id: row.name for row in session.execute(select(UnitRow.id, UnitRow.name))}
    away = _away(session, period, ids)
    spans: dict[int, list[tuple[date, date]]] = {}
    last: dict[int, Any] = {}
    for row in session.execute(*_of(_placed(period), PersonRow.id, ids)):
        first = max(period.starts, row.starts_on, row.joined_on)
        ends = [d - DAY for d in (row.ends_on, row.left_on) if d is not None]
        final = min([period.ends, *ends])
        if first <= final:
            spans.setdefault(row.id, []).append((first, final))
            last[row.id] = row
    found = []
    for id, row in last.items():
        unit = tuple(names[int(step)] for step in row.path.strip("/").split("/"))
        excused = frozenset(on for on in away.get(id, set()) if any(first <= on <= final for first, final in spans[id]))
        found.append(
            Employed(
                id, row.badge, row.name, unit, row.post, row.zone, _days(spans[id]), excused,
                unit_id=row.unit_id, path=row.path,
            )
        )  # fmt: skip
    return _with_clearance(session, found, period) if clearance else found


def as_agreed(session: Session, found: Sequence[Employed]) -> list[Employed]:
    """The same people with what is not shown of each, by what was agreed where they work."""
    agreed = {figure: agreement.terms(session, agreement.FIGURE + figure) for figure in FIGURES}

    def hidden(path: str) -> frozenset[str]:
        off = [
            figure for figure, terms in agreed.items() if not agreement.is_on(terms, agreement.FIGURE + figure, path)
        ]
        return frozenset(code for figure in off for code in FIGURES[figure])

    return [replace(who, hidden=hidden(who.path)) for who in found]


def _of(query: Any, column: Any, persons: Collection[int] | None) -> tuple[Any, dict[str, Any]]:
    return (query, {}) if persons is None else (query.where(among(column, "persons")), {"persons": persons})


def _with_clearance(session: Session, found: Sequence[Employed], period: Period) -> list[Employed]:
    """Whether each might work when the period ended on their own calendar."""
    standings: dict[int, str] = {}
    for zone in sorted({who.zone for who in found}):
        at = instant(period.ends + DAY, time(), zone) - MOMENT
        here = [who.person for who in found if who.zone == zone]
        standings |= {id: each.standing.value for id, each in induction.clearances(session, here, at).items()}
    return [replace(who, cleared=standings[who.person]) for who in found]


def _placed(period: Period) -> Any:
    return (
        select(
            PersonRow.id, PersonRow.badge, PersonRow.name, PersonRow.joined_on, PersonRow.left_on, PlacementRow.starts_on,
            PlacementRow.ends_on, PlacementRow.post, PlacementRow.unit_id, UnitRow.path, UnitRow.zone,
        )
        .join(PlacementRow, PlacementRow.person_id == PersonRow.id)
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .where(
            PlacementRow.starts_on <= period.ends,
            or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > period.starts),
            or_(PersonRow.left_on.is_(None), PersonRow.left_on > period.starts),
        )
        .order_by(PersonRow.id, PlacementRow.starts_on, PlacementRow.id)
    )  # fmt: skip


def _days(spans: Iterable[tuple[date, date]]) -> int:
    """Days in some spans; a day in two of them (placements that overlap by mistake) is one day."""
    count, after = 0, date.min
    for first, final in sorted(spans):
        begins = max(first, after)
        if final >= begins:
            count += (final - begins).days + 1
            after = final + DAY
    return count


def _away(session: Session, period: Period, ids: Collection[int] | None) -> dict[int, set[date]]:
    """The days on which people were on leave at noon, or off by the roster."""
    away: dict[int, set[date]] = {}
    off = select(RosterRow.person_id, RosterRow.on_date).where(
        RosterRow.shift.is_(None), RosterRow.on_date >= period.starts, RosterRow.on_date <= period.ends
    )
    for person, on in session.execute(*_of(off, RosterRow.person_id, ids)):
        away.setdefault(person, set()).add(on)
    for person, zone, starts, ends in session.execute(*_of(_leaves(period), LeaveRow.person_id, ids)):
        on = max(period.starts, local_date(starts, zone))
        while on <= period.ends:
            noon = _noon(on, zone)
            if ends is not None and ends <= noon:
                break
            if starts <= noon:
                away.setdefault(person, set()).add(on)
            on += DAY
    return away


@lru_cache(20_000)
def _noon(on: date, zone: str) -> datetime:
    """Noon of a day in a zone: asked for by everybody who is on leave then."""
    return instant(on, time(12), zone)


def _leaves(period: Period) -> Select[int, str, datetime, datetime | None]:
    """Leave that may touch a period; by the zone of the unit somebody worked in at its end."""
    from_, until = instant(period.starts - DAY, time(), "UTC"), instant(period.ends + 2 * DAY, time(), "UTC")
    return (
        select(LeaveRow.person_id, UnitRow.zone, LeaveRow.starts_at, LeaveRow.ends_at)
        .join(PlacementRow, PlacementRow.person_id == LeaveRow.person_id)
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .where(
            LeaveRow.starts_at < until,
            or_(LeaveRow.ends_at.is_(None), LeaveRow.ends_at > from_),
            PlacementRow.starts_on <= period.ends,
            or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > period.ends),
        )
    )


# --- participation today -------------------------------------------------------------------------------------------


_unit = table_of(UnitRow)
_places = select(
    _unit.c.id, _unit.c.parent_id, _unit.c.path, _unit.c.zone, _unit.c.name, _unit.c.ends_on.is_not(None)
).order_by(_unit.c.path)


def places(session: Session, paths: Sequence[str]) -> list[Place]:
    """All units under some paths, also those that are closed; in the order of their paths."""
    if not paths:
        return []  # without a condition the query would speak of all
    under = or_(*(_unit.c.path.startswith(path) for path in paths))
    return [Place._make(row) for row in session.execute(_places.where(under)).all()]


def named(session: Session, ids: Collection[int]) -> list[Unit]:
    """Some open units with their names, in the order of `people.units`."""
    return sorted(people.some_units(session, ids), key=lambda unit: (unit.path.count("/"), unit.name, unit.path))


def tallies(session: Session, found: Sequence[Place], now: datetime) -> dict[int, Tally]:
    """Today's participation by unit; today is the date on each unit's own calendar."""
    counts: dict[int, Counts] = {}
    off = today.on_leave(session, now)
    newer = today.newer(session) if len(found) > today.FEW else None
    for (starts, ends), ids in days(found, now).items():
        kept = today.kept(session, starts, newer)
        missing = [id for id in ids if id not in kept]
        here = {id: kept[id] for id in ids if id in kept} | today.counted(session, missing, starts, ends)
        # who went on leave before they began is not counted: that does not count against anybody
        for id, (offered, undelivered) in today.away(session, off, starts, ends).items():
            if id in here:  # the same instants are another day elsewhere
                here[id] = (here[id][0] - offered, *here[id][1:4], here[id][4] - undelivered)
        counts |= here
    at_work = today.at_work(session, found, now)
    counted = {id: each for id, each in counts.items() if each[0]}
    return {
        id: Tally(at_work.get(id, 0), *counted.get(id, today.NOTHING)) for id in dict.fromkeys((*counted, *at_work))
    }


def days(found: Iterable[Place], now: datetime) -> dict[tuple[datetime, datetime], list[int]]:
    """The units for which today is between the same instants."""
    of_zone: dict[str, list[int]] = {}
    for place in found:
        of_zone.setdefault(place.zone, []).append(place.id)
    same: dict[tuple[datetime, datetime], list[int]] = {}
    for zone, ids in of_zone.items():
        same.setdefault(day_of(zone, now), []).extend(ids)
    return same


_own = people.people_on.where(UnitRow.id == bindparam("unit"), PersonRow.left_on.is_(None)).order_by(PersonRow.id)


def own_people(session: Session, unit: int, now: datetime) -> list[Person]:
    """Who works in this very unit today, and in none of its parts."""
    return [people.as_person(row) for row in session.execute(_own, {"unit": unit, "on": now.date()})]


SOME = 5_000
"""So few people of some units are sooner found by their units than one after another by their numbers."""


def _first(unit: ColumnElement[int]) -> Any:
    working = people.people_on.where(among(unit, "units"), PersonRow.left_on.is_(None))
    return working.order_by(PersonRow.id).limit(bindparam("most"))


_first_by_unit = _first(_unit.c.id)
_first_by_number = _first(func.coalesce(_unit.c.id, 0))
"""By an expression that no index knows: person after person, until there are enough."""


def first_people(session: Session, units: Collection[int], now: datetime, most: int, of: int) -> list[Person]:
    """The first of those who work in some units today, by their numbers; `of`: how many there are about."""
    query = _first_by_unit if of <= SOME else _first_by_number
    found = session.execute(query, {"units": list(units), "on": now.date(), "most": most})
    return [people.as_person(row) for row in found]


def day_of(zone: str, now: datetime) -> tuple[datetime, datetime]:
    """The instants between which it is today in a zone."""
    today = local_date(now, zone)
    return instant(today, time(), zone), instant(today + DAY, time(), zone)


def marks_of(session: Session, unit: int, zone: str, now: datetime) -> dict[int, frozenset[str]]:
    """Which of today's kinds of facts there are of each person of one unit."""
    starts, ends = day_of(zone, now)
    query = (
        select(PseudonymRow.person_id, FactRow.kind)
        .join(PseudonymRow, PseudonymRow.pseudonym == FactRow.pseudonym)
        .where(FactRow.unit_id == unit, FactRow.kind.in_(TODAY), FactRow.at >= starts, FactRow.at < ends)
        .distinct()
    )
    found: dict[int, set[str]] = {}
    for person, kind in session.execute(query):
        found.setdefault(person, set()).add(kind)
    return {person: frozenset(kinds) for person, kinds in found.items()}
