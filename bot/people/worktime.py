"""Who works when: rosters, usual shifts, and the weekdays of a unit."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.kit.clock import local_date
from bot.people import store
from bot.people.model import Person
from bot.people.rules import Presence, works_on
from bot.people.tables import RosterRow, UnitRow


def workday(on: date) -> ColumnElement[bool]:
    """SQL: the unit of the surrounding query works on this weekday; see `rules.works_on`, which asks the roster first."""
    return UnitRow.workdays.contains(str(on.isoweekday()))


def presence(session: Session, who: Person, now: datetime) -> Presence:
    """What somebody's day looks like: the roster before the usual shift on their unit's working days, leave before both."""
    today = local_date(now, who.zone)
    days = (today, today - timedelta(days=1))
    listed = {
        row.on_date: row.shift
        for row in session.scalars(select(RosterRow).where(RosterRow.person_id == who.id, RosterRow.on_date.in_(days)))
    }
    known = store.shifts(session)
    usual = session.scalar(select(UnitRow.workdays).where(UnitRow.id == who.unit)) or ""
    shifts_of = {day: listed.get(day, who.shift) for day in days}
    worked = [
        known.get(shifts_of[day] or "") if works_on(day, usual, listed=day in listed, shift=shifts_of[day]) else None
        for day in days
    ]
    return Presence(worked[0], worked[1], store.deputy(session, who.id, now) is not None)
