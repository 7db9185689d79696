"""What is open, the most pressing first: for lists of thousands, of which the database picks those that matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from bot.hazards import store
from bot.hazards.model import Hazard, Kind, State, Urgency
from bot.hazards.rules import OPEN, UNSEEN
from bot.hazards.tables import HazardRow
from bot.kit.risk import Severity
from bot.people import speaking
from bot.people import store as people


def open_hazards(
    session: Session, paths: Iterable[str], viewer: int | None, most: int = 200, late_first: datetime | None = None
) -> list[Hazard]:
    """What is open under some units and not hidden from the viewer (None: from anybody), the most pressing first.

    `late_first`: what is overdue at this instant stands before all else.
    """
    query = _what_is_open(select(HazardRow), paths, viewer, late_first).limit(most)
    return [store.as_hazard(row) for row in session.scalars(query.execution_options(populate_existing=True))]


class Standing(NamedTuple):
    """How far an open danger is, without all that is known of it: hundreds are counted where a handful is shown."""

    id: int
    state: State
    due_at: datetime | None


def standing(
    session: Session, paths: Iterable[str], viewer: int, most: int, late_first: datetime | None = None
) -> list[Standing]:
    """The same as `open_hazards` in the same order, light."""
    light = select(HazardRow.id, HazardRow.state, HazardRow.due_at)
    rows = session.execute(_what_is_open(light, paths, viewer, late_first).limit(most))
    return [Standing(row.id, State(row.state), row.due_at) for row in rows]


def by_id(session: Session, ids: Sequence[int]) -> list[Hazard]:
    """Some dangers, in this order."""
    if not ids:
        return []
    query = select(HazardRow).where(HazardRow.id.in_(ids)).execution_options(populate_existing=True)
    found = {row.id: store.as_hazard(row) for row in session.scalars(query)}
    return [found[id] for id in ids if id in found]


def _what_is_open(
    query: Select[*tuple[Any, ...]], paths: Iterable[str], viewer: int | None, late_first: datetime | None
) -> Select[*tuple[Any, ...]]:
    states = [state.value for state in OPEN]
    query = query.where(HazardRow.state.in_(states), speaking.under(HazardRow.path, paths), store.not_hidden(viewer))
    late = () if late_first is None else (case((_overdue(late_first), 0), else_=1),)
    return query.order_by(*late, *_pressing())


@dataclass(frozen=True)
class Wanted:
    """What of the dangers somebody looks for: a group of what is open (`show`), or what is closed; under a unit, of a kind..."""

    show: str = ""
    unit: int = 0
    path: str = ""
    kind: str = ""
    severity: int = 0
    place: int = 0
    text: str = ""


def some(
    session: Session, paths: Sequence[str], viewer: int, wanted: Wanted, now: datetime, most: int, skip: int = 0
) -> list[Hazard]:
    """Dangers under some units that are not hidden from the viewer and are what is wanted; what is closed newest first."""
    if not paths:
        return []
    query = select(HazardRow).where(*_under(paths, viewer), *_meant(wanted, now))
    closed = wanted.show in ("verified", "rejected")
    order = (HazardRow.id.desc(),) if closed else (case((_overdue(now), 0), else_=1), *_pressing())
    rows = session.scalars(query.order_by(*order).offset(skip).limit(most).execution_options(populate_existing=True))
    return [store.as_hazard(row) for row in rows]


def tally(session: Session, paths: Sequence[str], viewer: int, now: datetime) -> dict[str, int]:
    """How many are open in each group of the board."""
    groups = {"unseen": "unseen", "working": "working", "check": "check", "overdue": "overdue"}
    if not paths:
        return dict.fromkeys(groups, 0)
    counted = [func.sum(case((and_(*_meant(Wanted(show=name), now)), 1), else_=0)) for name in groups]
    found = session.execute(select(*counted).where(*_under(paths, viewer), _open())).one()
    return {name: int(n or 0) for name, n in zip(groups, found, strict=True)}


def at_places(session: Session, places: Sequence[int], paths: Sequence[str], viewer: int) -> dict[int, tuple[int, int]]:
    """How many dangers are open at each of some places, and how bad the worst of them is (0: nobody rated any)."""
    if not paths or not places:
        return {}
    worst = func.max(func.coalesce(HazardRow.severity, 0))
    query = select(HazardRow.place_id, func.count(), worst).where(
        HazardRow.place_id.in_(places), *_under(paths, viewer), _open()
    )
    return {int(place): (n, bad) for place, n, bad in session.execute(query.group_by(HazardRow.place_id)) if place}


def _under(paths: Sequence[str], viewer: int) -> tuple[ColumnElement[bool], ...]:
    return speaking.under(HazardRow.path, paths), store.not_hidden(viewer)


def _open() -> ColumnElement[bool]:
    return HazardRow.state.in_([state.value for state in OPEN])


def _meant(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    """SQL: what is wanted."""
    seen = [state.value for state in OPEN - UNSEEN - {State.FIXED}]
    states: dict[str, ColumnElement[bool]] = {
        "": _open(), "overdue": _overdue(now), "unseen": HazardRow.state.in_([state.value for state in UNSEEN]),
        "working": HazardRow.state.in_(seen), "check": HazardRow.state == State.FIXED.value,
    }  # fmt: skip
    which = [states.get(wanted.show, HazardRow.state == wanted.show)]
    if wanted.path:
        which.append(HazardRow.path.startswith(wanted.path))
    if wanted.kind:
        which.append(HazardRow.kind == wanted.kind)
    if wanted.severity:
        which.append(HazardRow.severity == wanted.severity)
    if wanted.place:
        which.append(HazardRow.place_id == wanted.place)
    if wanted.text.isdigit():
        which.append(or_(HazardRow.id == int(wanted.text[:9]), HazardRow.words.icontains(wanted.text, autoescape=True)))
    elif wanted.text:
        words = (HazardRow.words, HazardRow.place_words)
        which.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in words)))
    return which


def _overdue(now: datetime) -> ColumnElement[bool]:
    """SQL: given to somebody, and its time is up."""
    return and_(HazardRow.state == State.ASSIGNED.value, HazardRow.due_at <= now)


def _pressing() -> tuple[Any, ...]:
    """SQL: unseen first, worse first (unrated counts as high, somebody hurt as critical), older first.

    Of thousands that are open, the database picks those that matter, and not the newest.
    """
    unseen = case((HazardRow.state.in_([state.value for state in UNSEEN]), 0), else_=1)
    waits = and_(HazardRow.kind != Kind.HURT.value, HazardRow.urgency == Urgency.WAIT.value)
    hurt = HazardRow.kind == Kind.HURT.value
    unrated = case((hurt, int(Severity.CRITICAL)), (waits, int(Severity.LOW)), else_=int(Severity.HIGH))
    severity = func.coalesce(HazardRow.severity, unrated)
    return unseen, severity.desc(), HazardRow.created_at, HazardRow.id


def at_hand(session: Session, hazards: Sequence[Hazard]) -> list[object]:
    """The units and places of many hazards; while the answer is held, `where` asks for none of them."""
    return people.at_hand(
        session, (each.unit for each in hazards), (each.place for each in hazards if each.place is not None)
    )
