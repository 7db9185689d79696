"""Person-days: on how many days people of a unit worked, so that a smaller team or a holiday makes no difference look real."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.people import worktime
from bot.people.rules import works_on
from bot.people.tables import LeaveRow, PersonRow, PlacementRow, RosterRow, UnitRow

Days = Counter[tuple[str, date]]
"""(unit's path, day) -> people who worked there."""
DAY = timedelta(days=1)


def person_days(session: Session, path: str, first: date, last: date) -> Days:
    """By unit and day, from a day to a day (exclusive): who was placed there and worked, by roster, holidays and leave."""
    dates = [first + timedelta(days=n) for n in range((last - first).days)]
    if not dates:
        return Counter()
    specials, listed, away = (
        worktime.specials(session, dates),
        _listed(session, path, first, last),
        _away(session, path),
    )
    usual: dict[tuple[str, date], bool] = {}
    found: Days = Counter()
    for row in _placed(session, path, first, last):
        until = min(each for each in (last, row.ends_on, row.left_on and row.left_on + DAY) if each is not None)
        for on in dates[max(0, (row.starts_on - first).days) :]:
            if on >= until:
                break
            if (row.path, on) not in usual:
                special = worktime.special(specials, on, row.path)
                usual[row.path, on] = works_on(on, row.workdays, listed=False, shift=None, special=special)
            shift = listed.get((row.person_id, on), row.path)
            works = bool(shift) if (row.person_id, on) in listed else usual[row.path, on]
            if works and not _is_away(away.get(row.person_id, ()), on, row.zone):
                found[row.path, on] += 1
    return found


def _placed(session: Session, path: str, first: date, last: date):  # type: ignore[no-untyped-def]
    query = (
        select(
            PlacementRow.person_id, PlacementRow.starts_on, PlacementRow.ends_on, PersonRow.left_on, UnitRow.path,
            UnitRow.workdays, UnitRow.zone,
        )
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .join(PersonRow, PersonRow.id == PlacementRow.person_id)
        .where(
            UnitRow.path.startswith(path, autoescape=True), PlacementRow.starts_on < last,
            or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > first),
            or_(PersonRow.left_on.is_(None), PersonRow.left_on >= first),
        )
    )  # fmt: skip
    return session.execute(query).all()


def _of(path: str):  # type: ignore[no-untyped-def]
    under = select(PlacementRow.person_id).join(UnitRow, UnitRow.id == PlacementRow.unit_id)
    return under.where(UnitRow.path.startswith(path, autoescape=True))


def _listed(session: Session, path: str, first: date, last: date) -> dict[tuple[int, date], str | None]:
    query = select(RosterRow.person_id, RosterRow.on_date, RosterRow.shift).where(
        RosterRow.on_date >= first, RosterRow.on_date < last, RosterRow.person_id.in_(_of(path))
    )
    return {(row.person_id, row.on_date): row.shift for row in session.execute(query)}


def _away(session: Session, path: str) -> dict[int, list[tuple[datetime, datetime | None]]]:
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    query = select(LeaveRow.person_id, LeaveRow.starts_at, LeaveRow.ends_at).where(LeaveRow.person_id.in_(_of(path)))
    for row in session.execute(query):
        found.setdefault(row.person_id, []).append((row.starts_at, row.ends_at))
    return found


def _is_away(leaves, on: date, zone: str) -> bool:  # type: ignore[no-untyped-def]
    if not leaves:
        return False
    noon = datetime.combine(on, time(12), ZoneInfo(zone))
    return any(starts <= noon and (ends is None or noon < ends) for starts, ends in leaves)
