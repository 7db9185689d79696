"""The daily push: who is due when, and the slices in which it is planned.

It is a schedule whose times are everybody's own: the people of a time zone who usually work a shift, are listed for it
in the roster, or chose an hour, are one group a date; those of them for whom a plan names an hour are one of their own.
A group's run begins when its time has come, goes through its people by their numbers with a cursor in its row, and is
gone through again while its time lasts, for those who have come back, joined or changed their hour meanwhile. So a tick
looks only at groups, and a slice only at people of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import Session

from bot.delivery import budget, schedules
from bot.delivery.audience import Audience, belongs
from bot.delivery.schedules import Run, Schedule, Slice
from bot.delivery.timing import OWN_HOURS
from bot.kit.clock import local_date
from bot.learning import actions, reviewing, rules, slicing, store
from bot.learning.model import Asked, State
from bot.learning.plans import aims
from bot.learning.plans import store as plans
from bot.learning.plans.aims import Hour
from bot.learning.plans.model import Plan
from bot.learning.slice_writing import FAILED
from bot.learning.slicing import Day
from bot.learning.tables import AssignmentRow
from bot.ledger.bulk import record_all
from bot.people import store as people
from bot.people.tables import PersonRow, PlacementRow, RosterRow, ShiftRow, UnitRow
from bot.people.worktime import workday

__all__ = ["FAILED", "SCHEDULE", "push_failed", "push_today"]
REVIEW_SLICE = 30
"""People whose questions are chosen in one slice: more than for a lesson is looked at and written for each."""
AGAIN = timedelta(minutes=10)
"""How soon a group is gone through again, for who was away, had no phone or another hour at first."""
SCHEDULE = schedules.declare(Schedule("learning.push", "learning.push_today", OWN_HOURS))


@dataclass(frozen=True)
class Group:
    """Who is due together: by shift (usual or listed in the roster) or by hour, in a zone, for one of their dates."""

    zone: str
    by: str
    """`usual`, `listed`, `hour` (they chose it) or `default` (they chose none)."""
    what: str
    """The shift's code, or the hour."""
    on: date
    at: time | None = None
    """Only those for whom a plan names this hour."""

    @property
    def name(self) -> str:
        """Its own for ever: part of the key of its run."""
        planned = f"|{self.at:%H:%M}" if self.at else ""
        return f"{self.zone}|{self.by}|{self.what}|{self.on}{planned}"


def push_today(session: Session, now: datetime) -> bool:
    """Plans one slice of today's messages; True while there may be more."""
    schedule = schedules.schedule(session, SCHEDULE.key) or SCHEDULE
    if schedule.paused:
        return False
    held = plans.in_force(session, now.date() - timedelta(days=2), now.date() + timedelta(days=1))
    due = _due(session, held, now)
    _begin(session, list(due), now)
    run = schedules.running(session, [SCHEDULE.key])
    if run is None:
        return False
    day = next((day for group, day in due.items() if group.name == run.name), None)
    if day is None:
        # it was interrupted and its time is over: what comes too late is left to the next day
        schedules.slice_of(session, run, lambda run: Slice(run.cursor, 0, False), now)
        return True
    group = next(group for group in due if group.name == run.name)
    schedules.slice_of(session, run, lambda run: _slice(session, schedule.audience, group, day, held, run, now), now)
    return True


# --- groups --------------------------------------------------------------------------------------------------------


def _due(session: Session, held: Sequence[Plan], now: datetime) -> dict[Group, Day]:
    """The groups whose time has come and is not over; of those for whom plans name an hour, a group an hour."""
    shifts, hours = people.shifts(session), _hours(session)
    utc = now.date()
    named = {on: aims.hours(held, on) for on in (utc + timedelta(days=ahead) for ahead in range(-2, 2))}
    found: dict[Group, Day] = {}
    for zone in _zones(session):
        due = rules.due_now(zone, shifts, now, named)
        today = local_date(now, zone)
        first, last = budget.starts(today, zone), budget.starts(today + timedelta(days=1), zone)
        for hour in filter(due.due, hours):
            group = Group(zone, "hour", hour.isoformat("minutes"), due.today)
            found[group] = Day(due.today, due.day_ends_at, zone, False, first, last)
        usual = people.usual.push_at
        if due.due(usual):
            group = Group(zone, "default", usual.isoformat("minutes"), due.today)
            besides = Hour(besides=tuple(named[due.today]))
            found[group] = Day(due.today, due.day_ends_at, zone, False, first, last, besides)
        for hour in filter(due.due, named[due.today]):
            group = Group(zone, "default", usual.isoformat("minutes"), due.today, hour)
            found[group] = Day(due.today, due.day_ends_at, zone, False, first, last, Hour(hour))
        for worked in due.shifts:
            for by in ("usual", "listed"):
                group = Group(zone, by, worked.code, worked.on, worked.at)
                theirs = Hour(worked.at, worked.besides)
                found[group] = Day(worked.on, worked.ends_at, zone, True, first, last, theirs)
    return found


def _zones(session: Session) -> list[str]:
    """All time zones that people live in."""
    own = select(PersonRow.zone).where(PersonRow.zone.is_not(None))
    return sorted(zone for zone in session.scalars(union(select(UnitRow.zone), own)) if zone)


def _hours(session: Session) -> list[time]:
    """All hours that people without a shift chose for themselves: from one to the next in the index, not through everybody."""
    theirs = (PersonRow.push_at.is_not(None), PersonRow.shift.is_(None))
    hours = select(func.min(PersonRow.push_at).label("hour")).where(*theirs).cte("hours", recursive=True)
    later = select(func.min(PersonRow.push_at)).where(*theirs, PersonRow.push_at > hours.c.hour).scalar_subquery()
    hours = hours.union_all(select(later).where(hours.c.hour.is_not(None)))
    return [hour for hour in session.scalars(select(hours.c.hour)) if hour]


def _begin(session: Session, groups: Sequence[Group], now: datetime) -> None:
    """Begins the runs of groups whose time has come, and lets those begun go through their people again."""
    there = {run.key: run for run in schedules.runs(session, SCHEDULE.key, now - timedelta(days=2))}
    for group in groups:
        run = there.get(f"run:{SCHEDULE.key}:{group.name}")
        if run is None:
            schedules.start(session, SCHEDULE.key, group.name, now, now)
        elif run.done_at is not None and run.done_at <= now - AGAIN:
            schedules.again(session, run.key, now - AGAIN, now)


# --- slices --------------------------------------------------------------------------------------------------------


def _slice(
    session: Session, audience: Audience, group: Group, day: Day, held: Sequence[Plan], run: Run, now: datetime
) -> Slice:
    """Plans for the next people of a group, by sets: a lesson where there is one, questions to repeat for the rest."""
    upto, count = session.execute(_next(group, run.cursor, run.step)).one()
    if not count:
        return Slice(run.cursor, 0, False)
    due = _people(session, audience, group, now).where(PersonRow.id > run.cursor, PersonRow.id <= upto)
    if group.at is not None:
        due = due.where(or_(*(UnitRow.path.startswith(path) for path in aims.paths(held, group.on, group.at))))
    found = slicing.find(session, due, {"on": group.on}, held, day.hour)
    if not found.count:
        return Slice(upto, 0, count == run.step)
    review = slicing.without_lesson(session, REVIEW_SLICE + 1) if found.lessons < found.count else []
    more = count == run.step
    if len(review) > REVIEW_SLICE:
        upto, review, more = review[REVIEW_SLICE - 1], review[:REVIEW_SLICE], True
        slicing.cut(session, upto)
    slicing.place(session, day, now)
    if review:
        reviewing.plan(session, day, now)
    planned = slicing.plan(session, day, found, now) if found.lessons else 0
    # where most have read everything, more people than are dealt with would be looked at in vain
    step = REVIEW_SLICE if len(review) > REVIEW_SLICE // 2 else None
    return Slice(upto, planned + len(review), more, step)


def _next(group: Group, after: int, most: int) -> Select[Any, int]:
    """Up to whom the next slice goes, and how many people of the group that is: from an index alone."""
    if group.by == "listed":
        id: Any = RosterRow.person_id
        members = select(id.label("id")).where(RosterRow.on_date == group.on, RosterRow.shift == group.what)
    else:
        id = PersonRow.id
        members = select(id.label("id")).where(_member(group))
    some = members.where(id > after).order_by(id).limit(most).subquery()
    return select(func.max(some.c.id), func.count())


def _member(group: Group) -> ColumnElement[bool]:
    """What of a group stands in the row of a person."""
    if group.by == "usual":
        return PersonRow.shift == group.what
    chosen = (
        PersonRow.push_at.is_(None) if group.by == "default" else PersonRow.push_at == time.fromisoformat(group.what)
    )
    return and_(PersonRow.shift.is_(None), chosen)


def _people(session: Session, audience: Audience, group: Group, now: datetime) -> Select[Any]:
    """People of a group who can be reached, are not away, and have no assignment of this day yet."""
    listed = exists().where(RosterRow.person_id == PersonRow.id, RosterRow.on_date == group.on)
    rostered = listed.where(RosterRow.shift == group.what)
    works = rostered if group.by == "listed" else and_(_member(group), workday(session, group.on), ~listed)
    given = exists().where(
        AssignmentRow.person_id == PersonRow.id, AssignmentRow.on_date == group.on, AssignmentRow.kind.in_(store.DAILY)
    )
    quiet = [
        func.coalesce(getattr(PersonRow, each), getattr(ShiftRow, each), getattr(UnitRow, each), default).label(each)
        for each, default in zip(("quiet_start", "quiet_end"), people.usual.quiet, strict=True)
    ]
    return (
        people.people_on.with_only_columns(
            PersonRow.id.label("person_id"), PlacementRow.unit_id, PlacementRow.post, *quiet, maintain_column_froms=True
        )
        .where(works, func.coalesce(PersonRow.zone, UnitRow.zone) == group.zone, *belongs(audience, now), ~given)
        .order_by(PersonRow.id)
    )


# --- what never arrived --------------------------------------------------------------------------------------------


def push_failed(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A push never arrived: no opportunity, and a native quiz that nobody saw lies open no longer."""
    person = payload.get("person")
    _, _, day = str(payload.get("key") or "").rpartition(":")
    query = select(AssignmentRow).where(AssignmentRow.key == f"push:{person}:{day}")
    row = session.scalar(query)
    if row is None or row.state != State.OFFERED:
        return
    given = store.as_assignment(row)
    who = people.person(session, given.person, now)
    if who is not None:
        record_all(session, [actions.not_delivered(given, who, now)], now)
    for each in store.attempts(session, given.id):
        if actions.move(session, each, Asked.OPEN, Asked.LAPSED) and who is not None:
            record_all(session, [actions.never_seen(each, who, now)], now)
