"""What a plan would mean: whom it reaches, when the first lesson goes out, for whom something else decides the hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from bot.delivery.audience import away
from bot.kit.clock import local_date
from bot.kit.quiet import QuietHours
from bot.learning.plans import rules
from bot.learning.plans.model import Terms
from bot.learning.plans.rules import Alike, By
from bot.library.store import lesson_holds
from bot.library.tables import LessonRow
from bot.people import store as people
from bot.people.model import Unit
from bot.people.tables import AccountRow, PersonRow, PlacementRow, RosterRow, ShiftRow, UnitRow
from bot.people.worktime import workday

AHEAD = 21
"""So many days are looked through for the first on which somebody works."""


@dataclass(frozen=True)
class Reach:
    """For how many people a plan is, to how many of them no way leads, when the first lesson goes out.

    `by`: how many of those who work on that first day get it at the plan's hour, at their own, in their shift, ...
    """

    people: int
    unreachable: int
    first: datetime | None = None
    on: date | None = None
    by: Mapping[By, int] = field(default_factory=dict)


def reach(session: Session, terms: Terms, here: Unit, now: datetime) -> Reach:
    """Looks at the people whom terms are for; nothing is planned."""
    everybody, reached = session.execute(_counted(terms, here), {"on": terms.starts_on}).one()
    if not reached:
        return Reach(everybody, everybody)
    for on in rules.dates(terms, local_date(now, here.zone), AHEAD):
        goes: list[datetime] = []
        by: dict[By, int] = {}
        for alike, count in _at_work(session, terms, here, on, now):
            at, why = rules.goes_at(on, alike, terms.at, people.usual.push_at)
            by[why] = by.get(why, 0) + count
            later = rules.still(at, now) if at is not None else None
            goes += [later] if later is not None else []
        if goes or (by and set(by) == {By.NEVER}):
            return Reach(everybody, everybody - reached, min(goes, default=None), on, by)
    return Reach(everybody, everybody - reached)


def _counted(terms: Terms, here: Unit) -> Any:
    found = people.people_on.where(*_meant(terms, here)).with_only_columns(
        PersonRow.id.label("id"), _reached().label("reached"), maintain_column_froms=True
    )
    each = found.subquery()
    return select(func.count(), func.count().filter(each.c.reached)).select_from(each)


def _meant(terms: Terms, here: Unit) -> list[Any]:
    posts = [PlacementRow.post.in_(terms.posts)] if terms.posts else []
    return [PersonRow.left_on.is_(None), UnitRow.path.startswith(here.path), *posts]


def _reached() -> Any:
    open_ = (AccountRow.person_id == PersonRow.id, AccountRow.closed_at.is_(None), AccountRow.blocked_at.is_(None))
    return exists().where(*open_).correlate_except(AccountRow)


def _at_work(session: Session, terms: Terms, here: Unit, on: date, now: datetime) -> list[tuple[Alike, int]]:
    """Those who work on a date, by what decides their hour, each with how many they are."""
    listed = (RosterRow.person_id == PersonRow.id, RosterRow.on_date == on)
    is_listed = exists().where(*listed).correlate_except(RosterRow)
    rostered = select(RosterRow.shift).where(*listed).correlate(PersonRow).scalar_subquery()
    shift = case((is_listed, rostered), else_=PersonRow.shift).label("worked")
    works = case((is_listed, rostered.is_not(None)), else_=workday(session, on))
    quiet = [
        func.coalesce(getattr(PersonRow, each), getattr(ShiftRow, each), getattr(UnitRow, each), default).label(each)
        for each, default in zip(("quiet_start", "quiet_end"), people.usual.quiet, strict=True)
    ]
    zone = func.coalesce(PersonRow.zone, UnitRow.zone).label("zone")
    each = (
        people.people_on.where(*_meant(terms, here), works, _reached(), ~away(now))
        .with_only_columns(zone, shift, PersonRow.push_at, *quiet, maintain_column_froms=True)
        .subquery()
    )
    query = select(*each.c, func.count().label("n")).group_by(*each.c)
    shifts = people.shifts(session)
    return [
        (Alike(row.zone, shifts.get(row.worked or ""), row.push_at, QuietHours(row.quiet_start, row.quiet_end, row.zone)), row.n)
        for row in session.execute(query, {"on": on})
    ]  # fmt: skip


def lessons_that_hold(session: Session, here: Unit, ids: list[str]) -> list[str]:
    """Of some lessons those that are signed for a unit and hold there, in their order."""
    unit = select(UnitRow).where(UnitRow.id == here.id).subquery()
    live = select(LessonRow.id).where(
        LessonRow.id.in_(ids), LessonRow.retired_at.is_(None), lesson_holds(unit.c.path, unit.c.jurisdiction)
    )
    found = set(session.scalars(live.select_from(LessonRow).join(unit, unit.c.id == here.id)))
    return [id for id in ids if id in found]


def posts_there(session: Session, here: Unit, on: date) -> list[str]:
    """The posts of the people under a unit, by code."""
    held = people.people_on.where(PersonRow.left_on.is_(None), UnitRow.path.startswith(here.path))
    query = held.with_only_columns(PlacementRow.post, maintain_column_froms=True).distinct()
    return sorted(session.scalars(query, {"on": on}))
