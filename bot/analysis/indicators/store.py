"""Counting what leads and what lags, by month, and the rows behind each number. Scope is in every query.

The rows of a number are found by the very condition that counted it, so that the two cannot differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, null, or_, select, true
from sqlalchemy.orm import Session

from bot.analysis.indicators.model import MOST_ROWS, What
from bot.hazards import store as hazards
from bot.hazards.model import State
from bot.hazards.tables import HazardRow
from bot.incidents import store as incidents
from bot.incidents.model import Outcome
from bot.incidents.tables import IncidentRow
from bot.inspections.tables import InspectionRow
from bot.kit.clock import instant
from bot.ledger.calendars import calendar, local_date
from bot.ledger.tables import FactRow, PersonMonthRow, PseudonymRow
from bot.people import speaking
from bot.people.tables import PlacementRow, PlaceRow, UnitRow

NONE = "NONE"
"""The category of a danger that nobody has put into one."""
DAY = timedelta(days=1)
WIDEST_ZONE = timedelta(hours=14)
"""The farthest that a local calendar is from UTC (UTC+14; the other way it is 12)."""
DRILLS = ("MusterEnded", "TabletopEnded")


@dataclass(frozen=True)
class Scope:
    """What somebody looks at: units by path, the days of some months, and who they are."""

    paths: tuple[str, ...]
    first: date
    last: date
    person: int
    now: datetime


@dataclass(frozen=True)
class Row:
    """One row behind a number: when, at which unit and place, its number where it has one; whether it counts as good."""

    at: datetime | None
    unit: int
    place: int | None = None
    number: int | None = None
    category: str = ""
    good: bool | None = None
    n: int | None = None
    of: int | None = None


class Counting:
    """The columns and conditions of one indicator: its instant, its unit's path, what is good in it, who may see it."""

    def __init__(self, session: Session, what: What, scope: Scope) -> None:
        self.what, self.scope = what, scope
        self.how = calendar(session, scope.first, scope.last)
        self.share: ColumnElement[bool] | None = None
        mine: list[Any] = []
        if what in (What.REPORTS, What.FIXES):
            self.row: Any = HazardRow
            mine = [
                HazardRow.state != State.REJECTED.value,
                HazardRow.joined_to.is_(None),
                hazards.not_hidden(scope.person),
            ]
            self.at: Any = HazardRow.created_at if what is What.REPORTS else HazardRow.verified_at
            if what is What.FIXES:
                mine += [HazardRow.state == State.VERIFIED.value, HazardRow.due_at.is_not(None)]
                self.share = HazardRow.fixed_at <= HazardRow.due_at
        elif what is What.CHECKS:
            self.row, self.at = InspectionRow, InspectionRow.due_at
            mine = [or_(InspectionRow.done_at.is_not(None), InspectionRow.missed_at.is_not(None))]
            self.share = and_(InspectionRow.done_at.is_not(None), InspectionRow.missed_at.is_(None))
        elif what is What.DRILLS:
            self.row, self.at = FactRow, FactRow.at
            real = FactRow.body["real"].as_boolean().is_(True)
            mine = [FactRow.kind.in_(DRILLS), or_(FactRow.kind != DRILLS[0], ~func.coalesce(real, False))]
        else:
            self.row, self.at = IncidentRow, IncidentRow.created_at
            harmless = (Outcome.DANGER.value, Outcome.NEAR_MISS.value)
            mine = [
                or_(IncidentRow.outcome.is_(None), IncidentRow.outcome.not_in(harmless)),
                incidents.visible(session, scope.person, scope.now),
            ]
        self.path = UnitRow.path
        self.on = local_date(self.how, self.at, UnitRow.zone)
        self.where = and_(
            *mine,
            speaking.under(UnitRow.path, scope.paths),
            self.at.is_not(None),
            *_about(self.at, scope),
            self.on.between(scope.first, scope.last),
        )

    def query(self, *columns: Any) -> Select[Any]:
        """A statement over its rows."""
        return select(*columns).select_from(self.row).join(UnitRow, UnitRow.id == self.row.unit_id).where(self.where)


def _about(at: Any, scope: Scope) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Between the instants where these days may lie in any zone: of what is years old no calendar has to be asked."""
    first, after = (instant(day, time(), "UTC") for day in (scope.first, scope.last + DAY))
    return at >= first - WIDEST_ZONE, at < after + WIDEST_ZONE


def by_month(session: Session, what: What, scope: Scope) -> dict[date, tuple[int, int | None]]:
    """How many in each month, and of how many where it is a share. Participation only of months that are over and counted up."""
    if what is What.PARTICIPATION:
        return _participation(session, scope)
    counting = Counting(session, what, scope)
    month = func.substr(cast(counting.on, String), 1, 7)
    good = counting.share if counting.share is not None else true()
    query = counting.query(month, func.count(case((good, 1))), func.count()).group_by(month)
    shares = counting.share is not None
    return {date(int(m[:4]), int(m[5:7]), 1): (n, of if shares else None) for m, n, of in session.execute(query)}


def _taken(scope: Scope, *columns: Any) -> Select[Any]:
    """Lessons offered and read by people who work under these paths now, in months that are counted up."""
    row = PersonMonthRow
    offered, read = func.sum(row.offered - row.lost), func.sum(row.done)
    on = scope.now.date()
    return (
        select(*columns, read, offered)
        .join(PseudonymRow, PseudonymRow.pseudonym == row.pseudonym)
        .join(PlacementRow, PlacementRow.person_id == PseudonymRow.person_id)
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .where(
            row.what == "lesson", row.first_on >= scope.first, row.first_on <= scope.last,
            speaking.under(UnitRow.path, scope.paths),
            PlacementRow.starts_on <= on, or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > on),
        )
        .group_by(*columns)
        .having(offered > 0)
    )  # fmt: skip


def _participation(session: Session, scope: Scope) -> dict[date, tuple[int, int | None]]:
    return {first: (int(read), int(of)) for first, read, of in session.execute(_taken(scope, PersonMonthRow.first_on))}


def rows(session: Session, what: What, scope: Scope) -> list[Row]:
    """The rows behind a number, the newest first; of participation one for each unit."""
    if what is What.PARTICIPATION:
        query = _taken(scope, UnitRow.id).order_by(UnitRow.id).limit(MOST_ROWS)
        return [Row(None, unit, n=int(read), of=int(of)) for unit, read, of in session.execute(query)]
    counting = Counting(session, what, scope)
    row = counting.row
    place = row.place_id if what is not What.DRILLS else null()
    number = row.id if what in (What.REPORTS, What.FIXES, What.HURT) else null()
    category = HazardRow.category if row is HazardRow else FactRow.kind if row is FactRow else null()
    good = counting.share if counting.share is not None else null()
    named = zip(("place", "number", "category", "good"), (place, number, category, good), strict=True)
    query = counting.query(counting.at, row.unit_id, *(column.label(name) for name, column in named))
    query = query.order_by(counting.at.desc(), row.id.desc())
    return [
        Row(at, unit, place, number, category or "", None if good is None else bool(good))
        for at, unit, place, number, category, good in session.execute(query.limit(MOST_ROWS))
    ]


# --- what dangers are about, and where -------------------------------------------------------------------------------------


def found_where(session: Session, scope: Scope) -> dict[tuple[int, str], int]:
    """Dangers by place (0: at no named one) and category."""
    counting = Counting(session, What.REPORTS, scope)
    place, category = func.coalesce(HazardRow.place_id, 0), func.coalesce(HazardRow.category, NONE)
    query = counting.query(place, category, func.count()).group_by(place, category)
    return {(where, what): n for where, what, n in session.execute(query)}


def found(session: Session, scope: Scope) -> tuple[dict[date, tuple[int, int | None]], dict[tuple[int, str], int]]:
    """Dangers `by_month`, and `found_where`: both of them in one look at each."""
    counting = Counting(session, What.REPORTS, scope)
    month = func.substr(cast(counting.on, String), 1, 7)
    place, category = func.coalesce(HazardRow.place_id, 0), func.coalesce(HazardRow.category, NONE)
    query = counting.query(month, place, category, func.count()).group_by(month, place, category)
    months: Counter[date] = Counter()
    places: Counter[tuple[int, str]] = Counter()
    for m, where, what, n in session.execute(query):
        months[date(int(m[:4]), int(m[5:7]), 1)] += n
        places[where, what] += n
    return {month: (n, None) for month, n in months.items()}, dict(places)


def found_rows(session: Session, scope: Scope, place: int | None, categories: Sequence[str] | None) -> list[Row]:
    """The dangers behind a cell or a bar, the newest first."""
    counting = Counting(session, What.REPORTS, scope)
    columns = (HazardRow.created_at, HazardRow.unit_id, HazardRow.place_id, HazardRow.id, HazardRow.category)
    query = counting.query(*columns).order_by(HazardRow.created_at.desc(), HazardRow.id.desc())
    if place is not None:
        query = query.where(func.coalesce(HazardRow.place_id, 0) == place)
    if categories is not None:
        query = query.where(func.coalesce(HazardRow.category, NONE).in_(categories))
    return [
        Row(at, unit, where, id, category or NONE)
        for at, unit, where, id, category in session.execute(query.limit(MOST_ROWS))
    ]


def places(session: Session, ids: Sequence[int]) -> Mapping[int, PlaceRow]:
    """Some places by number."""
    return {row.id: row for row in session.scalars(select(PlaceRow).where(PlaceRow.id.in_(ids)))}
