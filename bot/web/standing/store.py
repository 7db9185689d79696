"""What waits and since when: messages, jobs, updates put aside, schedules. Nothing of it names a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.jobs import JobRow
from bot.delivery import schedules, timing
from bot.delivery.leases import database_time
from bot.delivery.outbox import Lane
from bot.delivery.sending_store import SENDER
from bot.delivery.tables import LadderRow, LeaseRow, OutboxRow, ParkedRow, ScheduleRow, ScheduleRunRow

SLACK = timedelta(minutes=10)
"""So long after its time a schedule may begin, and so long its planning may take, before it counts as late."""


def lanes(session: Session, now: datetime) -> list[dict[str, Any]]:
    """How many messages of each lane are due and not sent, and for how long the oldest has waited, in seconds."""
    query = (
        select(OutboxRow.lane, func.count(), func.min(OutboxRow.not_before, type_=OutboxRow.not_before.type))
        .where(OutboxRow.state.in_(("waiting", "started")), OutboxRow.not_before <= now)
        .group_by(OutboxRow.lane)
    )
    found = {row[0]: (row[1], row[2]) for row in session.execute(query)}
    return [
        {"lane": lane.name.lower(), "count": found.get(lane.value, (0, now))[0],
         "seconds": (now - found.get(lane.value, (0, now))[1]).total_seconds()}
        for lane in Lane
    ]  # fmt: skip


def counts(session: Session, now: datetime) -> Mapping[str, int]:
    """What else waits or has failed."""

    def of(row: Any, *where: Any) -> int:
        return session.scalar(select(func.count()).select_from(row).where(*where)) or 0

    return {
        "planned": of(OutboxRow, OutboxRow.state == "waiting", OutboxRow.not_before > now),
        "jobs": of(JobRow, JobRow.state == "waiting", JobRow.run_at <= now), "failed": of(JobRow, JobRow.state == "failed"),
        "aside": of(ParkedRow, ParkedRow.state == "waiting"), "dead": of(ParkedRow, ParkedRow.state == "dead"),
        "climbing": of(LadderRow, LadderRow.state == "climbing"),
    }  # fmt: skip


def sends(session: Session) -> bool:
    """Whether some process holds the lease on sending."""
    until = session.scalar(select(LeaseRow.until).where(LeaseRow.name == SENDER))
    return until is not None and until > database_time(session)


def late(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Schedules whose newest time has passed without a run, and runs that are not planned to their end."""
    found = []
    for row in session.scalars(select(ScheduleRow).where(ScheduleRow.paused_at.is_(None)).order_by(ScheduleRow.key)):
        last = schedules.last_run(session, row.key)
        if last is None:
            continue  # it has never run: it may be new, or its time has not come
        newest = timing.newest(timing.parse(row.timing), row.zone, now - timing.DAY, now - SLACK)
        if newest is not None and newest.at > last.at and last.key != f"run:{row.key}:{newest.name}":
            found.append({"key": row.key, "at": newest.at.isoformat(), "begun": False})
    running = (ScheduleRunRow.state == "running", ScheduleRunRow.at < now - SLACK)
    for run in session.scalars(select(ScheduleRunRow).where(*running).order_by(ScheduleRunRow.at).limit(20)):
        found.append({"key": run.schedule or run.key, "at": (run.due_at or run.at).isoformat(), "begun": True})
    return found
