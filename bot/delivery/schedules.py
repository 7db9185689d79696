"""Things that happen at a local time: what is due is in tables, and each runs once a local date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.once import insert_once
from bot.delivery.tables import ScheduleRow, ScheduleRunRow
from bot.kit.clock import instant, local


@dataclass(frozen=True)
class Schedule:
    """Every chosen weekday (1 = Monday) at a local time; a run missed by more than `catch_up` is left out."""

    key: str
    zone: str
    at: time
    weekdays: str = "1234567"
    catch_up: timedelta = timedelta(hours=2)


def due_date(schedule: Schedule, now: datetime) -> date | None:
    """The local date whose run is due now and not too late; None if there is none. Pure."""
    today = local(now, schedule.zone).date()
    for day in (today, today - timedelta(days=1)):
        when = instant(day, schedule.at, schedule.zone)
        if when <= now < when + schedule.catch_up and str(day.isoweekday()) in schedule.weekdays:
            return day
    return None


def once(session: Session, key: str, now: datetime) -> bool:
    """True for the first caller of a key (`run:{schedule}:{local date}`), False for every later one."""
    return insert_once(session, ScheduleRunRow, {"key": key, "at": now}) is not None


def put(session: Session, schedule: Schedule) -> None:
    """Adds or changes a schedule."""
    row = session.get(ScheduleRow, schedule.key) or ScheduleRow(key=schedule.key)
    row.zone, row.at, row.weekdays = schedule.zone, schedule.at.isoformat("minutes"), schedule.weekdays
    row.catch_up_minutes = int(schedule.catch_up.total_seconds() // 60)
    session.add(row)
    session.flush()


def all_schedules(session: Session) -> list[Schedule]:
    """Every schedule that is not paused."""
    rows = session.scalars(select(ScheduleRow).where(ScheduleRow.paused_at.is_(None)).order_by(ScheduleRow.key))
    return [
        Schedule(r.key, r.zone, time.fromisoformat(r.at), r.weekdays, timedelta(minutes=r.catch_up_minutes))
        for r in rows
    ]


def run_due(session: Session, prefix: str, now: datetime) -> list[tuple[Schedule, date]]:
    """Claims what is due among the schedules whose key starts with a prefix; each comes once a local date."""
    claimed = []
    for schedule in all_schedules(session):
        day = due_date(schedule, now) if schedule.key.startswith(prefix) else None
        if day is not None and once(session, f"run:{schedule.key}:{day}", now):
            claimed.append((schedule, day))
    return claimed
