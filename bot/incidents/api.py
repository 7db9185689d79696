"""Incidents for other programs: how many, by month and outcome. Who, where exactly and what was found stays restricted."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.incidents.model import Outcome
from bot.incidents.tables import IncidentRow
from bot.kit.clock import instant
from bot.kit.endpoints import Asked, Call, Day, Endpoint, Given, Number, Scope
from bot.people import programs, speaking
from bot.people import store as people
from bot.people.model import Caller


class Figure(Given):
    """How many in a month; without `outcome`: nobody has classified them yet."""

    month: str
    outcome: Outcome | None
    count: int


class Figures(Given):
    """All of a time, both days included, by the calendar of the unit; months without any are left out."""

    since: date
    until: date
    total: int
    by_month: list[Figure]


class Between(Asked):
    """From a day to a day; left out: the last twelve months."""

    unit: Number | None = None
    since: Day | None = None
    until: Day | None = None


YEAR = timedelta(days=365)


def figures(session: Session, caller: Caller, call: Call, now: datetime) -> Figures:
    """Of some units. The days are those of the first unit's zone."""
    paths = programs.paths(session, caller, call.args.unit)
    unit = people.unit(session, people.ancestors(paths[0])[0])
    zone = unit.zone if unit is not None else "UTC"
    until = call.args.until or now.astimezone(_zone(zone)).date()
    since = call.args.since or until - YEAR
    query = select(IncidentRow.created_at, IncidentRow.outcome).where(
        speaking.under(IncidentRow.path, paths), IncidentRow.created_at >= instant(since, time(), zone),
        IncidentRow.created_at < instant(until + timedelta(days=1), time(), zone),
    )  # fmt: skip
    found = Counter(
        (row.created_at.astimezone(_zone(zone)).strftime("%Y-%m"), row.outcome) for row in session.execute(query)
    )
    listed = sorted(found.items(), key=lambda each: (each[0][0], each[0][1] or ""))
    return Figures(
        since=since, until=until, total=sum(found.values()),
        by_month=[Figure(month=m, outcome=Outcome(o) if o else None, count=n) for (m, o), n in listed],
    )  # fmt: skip


def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


ENDPOINTS = (
    Endpoint(
        "incident_figures", "GET", "/incidents/figures", Scope.INCIDENTS, "How many incidents there were", figures, Figures,
        Between,
        more="Counts alone. In a small unit a count may still point at somebody: give this scope for sites.",
    ),
)  # fmt: skip
