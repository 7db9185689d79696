"""What is open, the most pressing first: for lists of thousands, of which the database picks those that matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from bot.hazards import store
from bot.hazards.model import Hazard, Kind, State, Urgency
from bot.hazards.rules import OPEN, UNSEEN
from bot.hazards.tables import HazardRow
from bot.kit.risk import Severity
from bot.people.tables import PlaceRow, UnitRow


def open_hazards(
    session: Session, paths: Iterable[str], viewer: int | None, most: int = 200, late_first: datetime | None = None
) -> list[Hazard]:
    """What is open under some units and not hidden from the viewer (None: from anybody), the most pressing first.

    `late_first`: what is overdue at this instant stands before all else.
    """
    under = [HazardRow.path.startswith(path) for path in paths]
    if not under:
        return []
    states = [state.value for state in OPEN]
    query = select(HazardRow).where(HazardRow.state.in_(states), or_(*under), store.not_hidden(viewer))
    late = () if late_first is None else (case((_overdue(late_first), 0), else_=1),)
    query = query.order_by(*late, *_pressing()).limit(most)
    return [store.as_hazard(row) for row in session.scalars(query.execution_options(populate_existing=True))]


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
    """The units and places of many hazards, in two statements; while the answer is held, `where` asks for none of them."""
    units = select(UnitRow).where(UnitRow.id.in_({each.unit for each in hazards}))
    places = select(PlaceRow).where(PlaceRow.id.in_({each.place for each in hazards if each.place}))
    return [*session.scalars(units), *session.scalars(places)]
