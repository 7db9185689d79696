"""Counting facts by area, a statement a signal; and reading indexes back. Counting runs beside the writer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, distinct, func, or_, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.ledger.tables import FactRow, PseudonymRow
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Role, Unit
from bot.people.tables import PersonRow, PlacementRow
from bot.risks.warning.model import Counted, Index, Line, Signal, Weights
from bot.risks.warning.tables import RiskIndexRow, RiskLevelRow, RiskWarningRow

MOST_BEHIND = 8
THINGS = ("hazard", "risk", "control", "inspection")
"""Fields that name a thing that can be looked up: what stands behind a figure."""


def _unit() -> ColumnElement[Any]:
    """Where a fact belongs: the unit that it names, else that of whoever did it."""
    return func.coalesce(FactRow.body["unit"].as_integer(), cast(FactRow.unit_id, Integer))


def _matches(signal: Signal) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    for key, value in signal.where.items():
        field = FactRow.body[key]
        parts.append(field.as_boolean().is_(value) if isinstance(value, bool) else field.as_string() == value)
    return and_(*parts) if parts else FactRow.id.is_not(None)


def staff(session: Session, on: date) -> dict[int, Counted]:
    """How many people work in each unit itself on a day."""
    query = (
        select(PlacementRow.unit_id, func.count(distinct(PlacementRow.person_id)))
        .join(PersonRow, PersonRow.id == PlacementRow.person_id)
        .where(PersonRow.left_on.is_(None), *_placed(on))
        .group_by(PlacementRow.unit_id)
    )
    return {unit: Counted(0, n) for unit, n in session.execute(query)}


def _placed(on: date) -> tuple[ColumnElement[bool], ...]:
    return PlacementRow.starts_on <= on, or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > on)


def counts(session: Session, weights: Weights, now: datetime) -> list[dict[int, Counted]]:
    """What each signal counts, in each unit itself, in the days of the weights."""
    since = now - timedelta(days=weights.days)
    return [
        _by_person(session, each, since, now) if each.by_person else _plain(session, each, since, now)
        for each in weights.signals
    ]


def _plain(session: Session, signal: Signal, since: datetime, now: datetime) -> dict[int, Counted]:
    unit = _unit()
    query = select(unit, func.count()).where(
        FactRow.kind == signal.fact, FactRow.at > since, FactRow.at <= now, _matches(signal)
    )
    return {id: Counted(n) for id, n in session.execute(query.group_by(unit)) if id is not None}


def _by_person(session: Session, signal: Signal, since: datetime, now: datetime) -> dict[int, Counted]:
    """By where people work today, so that each counts once: who has moved would else be two."""
    query = (
        select(PlacementRow.unit_id, func.count(case((_matches(signal), 1))), func.count(distinct(FactRow.pseudonym)))
        .join(PseudonymRow, PseudonymRow.pseudonym == FactRow.pseudonym)
        .join(PersonRow, PersonRow.id == PseudonymRow.person_id)
        .join(PlacementRow, and_(PlacementRow.person_id == PersonRow.id, *_placed(now.date())))
        .where(FactRow.kind == signal.fact, FactRow.at > since, FactRow.at <= now, PersonRow.left_on.is_(None))
        .group_by(PlacementRow.unit_id)
    )
    return {unit: Counted(n, people) for unit, n, people in session.execute(query)}


def behind(
    session: Session, signal: Signal, units: Sequence[int], weights: Weights, now: datetime
) -> list[dict[str, Any]]:
    """The newest things behind a figure: their kind and number. Nothing of what single people did."""
    if signal.by_person or not units:
        return []
    since = now - timedelta(days=weights.days)
    query = (
        select(FactRow.body)
        .where(FactRow.kind == signal.fact, FactRow.at > since, FactRow.at <= now, _matches(signal), _unit().in_(units))
        .order_by(FactRow.at.desc())
        .limit(MOST_BEHIND * 2)
    )
    found: dict[tuple[str, int], None] = {}
    for body in session.scalars(query):
        for thing in THINGS:
            if isinstance(body.get(thing), int):
                found.setdefault((thing, body[thing]))
                break
    return [{"thing": thing, "number": number} for thing, number in list(found)[:MOST_BEHIND]]


# --- reading back -----------------------------------------------------------------------------------------------------


def newest(session: Session, units: Sequence[int]) -> dict[int, Index]:
    """The last index of each of some areas."""
    last = (
        select(RiskIndexRow.unit_id, func.max(RiskIndexRow.on_date).label("on_date"))
        .where(among(RiskIndexRow.unit_id, "units"))
        .group_by(RiskIndexRow.unit_id)
        .subquery()
    )
    query = select(RiskIndexRow).join(
        last, and_(last.c.unit_id == RiskIndexRow.unit_id, last.c.on_date == RiskIndexRow.on_date)
    )
    return {row.unit_id: as_index(row) for row in session.scalars(query, {"units": list(units)})}


def as_index(row: RiskIndexRow) -> Index:
    """A row as an Index."""
    return Index(row.unit_id, row.on_date, row.people, row.value, tuple(Line(**each) for each in row.lines))


def levels(session: Session, units: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """The level of each of some areas, and since when."""
    query = select(RiskLevelRow).where(among(RiskLevelRow.unit_id, "units")).execution_options(populate_existing=True)
    return {row.unit_id: (row.level, row.since) for row in session.scalars(query, {"units": list(units)})}


def trend(session: Session, unit: int, since: date) -> list[tuple[date, float]]:
    """An area's index by day, the oldest first."""
    query = select(RiskIndexRow.on_date, RiskIndexRow.value).where(
        RiskIndexRow.unit_id == unit, RiskIndexRow.on_date >= since
    )
    return [(on, value) for on, value in session.execute(query.order_by(RiskIndexRow.on_date))]


def crossings(session: Session, unit: int, most: int = 10) -> list[RiskWarningRow]:
    """What was told of an area, the newest first."""
    query = select(RiskWarningRow).where(RiskWarningRow.unit_id == unit).order_by(RiskWarningRow.id.desc()).limit(most)
    return list(session.scalars(query))


def whom_to_tell(session: Session, path: str, now: datetime) -> list[int]:
    """Who hears of an area's crossing: its nearest supervisors, managers and safety officers."""
    found: set[int] = set()
    for held in oncall.holders(session, (Role.SUPERVISOR, Role.MANAGER, Role.SAFETY_OFFICER), path, now).values():
        nearest = min((far for _, far in held), default=0)
        found |= {who.id for who, far in held if far == nearest}
    return sorted(found)


def led(session: Session, person: int, now: datetime) -> list[Unit]:
    """The areas that somebody leads, parents before children."""
    viewer = people.viewer(session, person, now)
    if viewer is None:
        return []
    return [unit for unit in people.units(session) if viewer.holds(Role.SUPERVISOR, unit.path)]
