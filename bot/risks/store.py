"""Questions about risks. What somebody may see is decided in the query, by the units they answer for or work in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, case, cast, func, select
from sqlalchemy.orm import Session

from bot.kit.risk import Colour
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Role
from bot.people.tables import PlaceRow
from bot.risks.model import Control, Held, Method, Rank, Rating, Risk, Standing
from bot.risks.rules import order
from bot.risks.tables import KeyPlaceRow, RiskCheckRow, RiskControlRow, RiskRow

SHOWN: ColumnElement[str] = case((RiskRow.alarmed_at.is_not(None), Colour.RED.value), else_=RiskRow.colour)
"""The colour that people see."""
LIVE = RiskRow.standing != Standing.RETIRED.value
PLACED = RiskControlRow.held == Held.IN_PLACE.value
_GRADE = case({colour.value: colour.grade * 2 for colour in Colour}, value=SHOWN, else_=3)
_ORDER = (_GRADE, RiskRow.alarmed_at.is_(None), RiskRow.id)
Listed = tuple[Risk, tuple[Control, ...]]


def risk(session: Session, id: int) -> Risk | None:
    """A risk by its number."""
    row = session.get(RiskRow, id, populate_existing=True)
    return as_risk(row) if row else None


def as_risk(row: RiskRow) -> Risk:
    """A row as a Risk."""
    method = Method(row.method)
    return Risk(
        row.id, row.code, row.unit_id, row.path, row.place_id, row.task, row.number, row.step, row.hazard, row.topic,
        Rating(method, tuple(row.inherent)) if row.inherent else None,
        Rating(method, tuple(row.residual)) if row.residual else None,
        Colour(row.colour) if row.colour else None, Colour(row.inherent_colour) if row.inherent_colour else None,
        Standing(row.standing), row.owner_id, row.round, row.rated_at, row.rerated_at, row.alarmed_at,
    )  # fmt: skip


def as_control(row: RiskControlRow) -> Control:
    """A row as a Control."""
    every = timedelta(days=row.every_days) if row.every_days else None
    return Control(
        row.id, row.risk_id, Rank(row.rank), row.words, row.owner_id, every, Held(row.held), row.in_place_at, row.due_at,
        row.answer_by, row.asked_at, row.late_at, row.missing_at, row.checked_at,
    )  # fmt: skip


def control(session: Session, id: int) -> Control | None:
    """A control by its number."""
    row = session.get(RiskControlRow, id, populate_existing=True)
    return as_control(row) if row else None


def controls(session: Session, risks: Sequence[int]) -> dict[int, tuple[Control, ...]]:
    """The controls of some risks that are still needed, the best kind first."""
    query = (
        select(RiskControlRow)
        .where(RiskControlRow.risk_id.in_(risks), RiskControlRow.held != Held.RETIRED.value)
        .order_by(RiskControlRow.rank, RiskControlRow.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[Control]] = {id: [] for id in risks}
    for row in session.scalars(query) if risks else ():
        found[row.risk_id].append(as_control(row))
    return {id: tuple(some) for id, some in found.items()}


def controls_of(session: Session, risk: int) -> tuple[Control, ...]:
    """The controls of one risk."""
    return controls(session, [risk])[risk]


def checks_of(session: Session, risk: int, most: int = 20) -> list[RiskCheckRow]:
    """What was found lately when people looked, the newest first."""
    query = select(RiskCheckRow).join(RiskControlRow, RiskControlRow.id == RiskCheckRow.control_id)
    return list(
        session.scalars(query.where(RiskControlRow.risk_id == risk).order_by(RiskCheckRow.id.desc()).limit(most))
    )


def is_key_place(session: Session, place: int | None) -> bool:
    """Whether a place stands on the register of key places."""
    return place is not None and session.get(KeyPlaceRow, place) is not None


def key_places(session: Session, places: Iterable[int | None]) -> set[int]:
    """Those of some places that stand on the register of key places."""
    wanted = {place for place in places if place is not None}
    return (
        set(session.scalars(select(KeyPlaceRow.place_id).where(KeyPlaceRow.place_id.in_(wanted)))) if wanted else set()
    )


# --- who may ----------------------------------------------------------------------------------------------------------


def leads(session: Session, person: int, path: str, now: datetime, role: Role = Role.SUPERVISOR) -> bool:
    """Whether somebody may work on the register of a unit."""
    viewer = people.viewer(session, person, now)
    return viewer is not None and viewer.holds(role, path)


def led(session: Session, person: int, now: datetime) -> tuple[str, ...]:
    """The units whose register somebody may work on."""
    viewer = people.viewer(session, person, now)
    return viewer.paths(Role.SUPERVISOR) if viewer else ()


# --- lists ------------------------------------------------------------------------------------------------------------


def under(paths: Iterable[str]) -> ColumnElement[bool]:
    """SQL: a risk belongs to one of these units, or to a part of one. Nothing belongs to none."""
    return speaking.under(RiskRow.path, paths)


def risks(
    session: Session,
    paths: Sequence[str],
    most: int,
    *,
    colour: str | None = None,
    place: int | None = None,
    skip: int = 0,
) -> list[Listed]:
    """The risks of some units, the worst first, each with its controls."""
    query = select(RiskRow).where(LIVE, under(paths)).order_by(*_ORDER).limit(most).offset(skip)
    if colour == "alarmed":
        query = query.where(RiskRow.alarmed_at.is_not(None))
    elif colour == "unrated":
        query = query.where(SHOWN.is_(None))
    elif colour is not None:
        query = query.where(SHOWN.in_((colour,)))
    if place is not None:
        query = query.where(RiskRow.place_id == place)
    found = [as_risk(row) for row in session.scalars(query.execution_options(populate_existing=True))]
    kept = controls(session, [each.id for each in found])
    return [(each, kept[each.id]) for each in found]


def of_worker(session: Session, who: Person, most: int) -> list[Listed]:
    """The worst risks of where somebody works: of their own unit and all it lies in."""
    chain = people.ancestors(who.path)
    query = select(RiskRow).where(LIVE, RiskRow.unit_id.in_(chain), RiskRow.colour.is_not(None))
    found = [as_risk(row) for row in session.scalars(query.order_by(*_ORDER).limit(most))]
    kept = controls(session, [each.id for each in found])
    return [(each, kept[each.id]) for each in sorted(found, key=order)]


def at_place(session: Session, place: int, most: int) -> list[Listed]:
    """The worst rated risks of a place."""
    query = select(RiskRow).where(LIVE, RiskRow.place_id == place, RiskRow.colour.is_not(None))
    found = [as_risk(row) for row in session.scalars(query.order_by(*_ORDER).limit(most))]
    kept = controls(session, [each.id for each in found])
    return [(each, kept[each.id]) for each in found]


def counts(session: Session, paths: Sequence[str]) -> dict[str, int]:
    """How many risks there are by the colour that is shown, `unrated` and `alarmed` besides."""
    found = {colour.value: 0 for colour in Colour} | {"unrated": 0, "alarmed": 0}
    for colour, n, alarmed in session.execute(_counts.where(under(paths))):
        found[colour] += n
        found["alarmed"] += alarmed
    return found


def count_alarmed(session: Session, paths: Sequence[str]) -> int:
    """How many of them count as red because nobody confirmed what holds them: few, and found by an index of their own."""
    return session.scalar(_count_alarmed.where(under(paths))) or 0


_count_alarmed = select(func.count()).select_from(RiskRow).where(LIVE, RiskRow.alarmed_at.is_not(None))
_shown = func.coalesce(SHOWN, "unrated")  # one object: PostgreSQL takes two alike for two
_counts = select(_shown, func.count(), func.count(RiskRow.alarmed_at)).where(LIVE).group_by(_shown)


@dataclass(frozen=True)
class Cell:
    """How many risks of a method have the same newest factors, and how many of them count as red by alarm."""

    factors: tuple[float, ...]
    n: int
    alarmed: int


def cells(session: Session, paths: Sequence[str], method: Method) -> list[Cell]:
    """The risks of some units by their newest factors."""
    newest = cast(func.coalesce(RiskRow.residual, RiskRow.inherent), Text)
    query = select(newest, func.count(), func.count(RiskRow.alarmed_at)).where(
        LIVE, under(paths), RiskRow.method == method.value, RiskRow.colour.is_not(None)
    )
    return [Cell(tuple(json.loads(f)), n, alarmed) for f, n, alarmed in session.execute(query.group_by(newest))]


def by_place(session: Session, paths: Sequence[str]) -> list[tuple[int | None, int, str, int]]:
    """(place, unit, colour, how many): where the rated risks of some units are."""
    query = select(RiskRow.place_id, RiskRow.unit_id, SHOWN, func.count()).where(
        LIVE, under(paths), RiskRow.colour.is_not(None)
    )
    return [tuple(row) for row in session.execute(query.group_by(RiskRow.place_id, RiskRow.unit_id, SHOWN))]  # type: ignore[misc]


def places(session: Session, ids: Iterable[int]) -> dict[int, PlaceRow]:
    """Places by id."""
    wanted = list(ids)
    return {row.id: row for row in session.scalars(select(PlaceRow).where(PlaceRow.id.in_(wanted)))} if wanted else {}


def due_for(session: Session, person: int, now: datetime, most: int = 20) -> list[tuple[Control, Risk]]:
    """What somebody has to look at now, the longest due first."""
    found = session.execute(_due, {"person": person, "now": now, "most": most}).all()
    return [(as_control(c), as_risk(r)) for c, r in found]


_due = (
    select(RiskControlRow, RiskRow)
    .join(RiskRow, RiskRow.id == RiskControlRow.risk_id)
    .where(PLACED, LIVE, RiskControlRow.owner_id == bindparam("person"), RiskControlRow.due_at <= bindparam("now"))
    .order_by(RiskControlRow.due_at, RiskControlRow.id)
    .limit(bindparam("most"))
    .execution_options(populate_existing=True)
)


def tasks(session: Session, unit: int, most: int = 6) -> list[dict[str, Any]]:
    """The tasks that a unit's newest risks belong to, each once."""
    query = select(RiskRow.task).where(LIVE, RiskRow.unit_id == unit).order_by(RiskRow.id.desc()).limit(50)
    found: dict[str, dict[str, Any]] = {}
    for task in session.scalars(query):
        found.setdefault(json.dumps(task, sort_keys=True), task)
    return list(found.values())[:most]


# --- words ------------------------------------------------------------------------------------------------------------


def at_hand(session: Session, some: Iterable[Risk]) -> list[object]:
    """The units and places of many risks; while the answer is held, `where` asks for none of them."""
    found = list(some)
    return people.at_hand(
        session, (each.unit for each in found), (each.place for each in found if each.place is not None)
    )


def where(session: Session, found: Risk) -> object:
    """Where a risk is, for a text: its place, else its unit, as the reader calls it."""
    place = people.place(session, found.place) if found.place else None
    unit = people.unit(session, found.unit)
    return place.label if place else unit.label if unit else ""


def name(session: Session, person: int | None, now: datetime) -> str:
    """Somebody's name; empty where there is nobody."""
    who = people.person(session, person, now) if person else None
    return who.name if who else ""
