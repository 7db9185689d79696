"""Who works when: rosters, usual shifts, and the weekdays of a unit."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.kit.clock import local_date
from bot.people import store
from bot.people.model import Person, Shift
from bot.people.rules import Presence, works_on
from bot.people.tables import RosterRow, UnitRow

DAY = timedelta(days=1)
_listed = select(RosterRow.person_id, RosterRow.on_date, RosterRow.shift).where(
    among(RosterRow.person_id, "ids"), RosterRow.on_date.in_(bindparam("dates", expanding=True))
)
_workdays = select(UnitRow.id, UnitRow.workdays).where(among(UnitRow.id, "units"))


def workday(on: date) -> ColumnElement[bool]:
    """SQL: the unit of the surrounding query works on this weekday; see `rules.works_on`, which asks the roster first."""
    return UnitRow.workdays.contains(str(on.isoweekday()))


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
    usual, known = {row.id: row.workdays for row in found}, store.shifts(session)

    def worked(who: Person, day: date) -> Shift | None:
        shift = listed.get((who.id, day), who.shift)
        works = works_on(day, usual.get(who.unit) or "", listed=(who.id, day) in listed, shift=shift)
        return known.get(shift or "") if works else None

    return {
        who.id: Presence(worked(who, today[who.id]), worked(who, today[who.id] - DAY), who.id in away) for who in people
    }
