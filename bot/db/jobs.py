"""The durable job queue: work that must happen after a commit, once, and again if it failed.

It lies here and not in `delivery/` because the ledger, below delivery, writes follow-up jobs (docs/adr/0009).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import Index, String, Text, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.once import changed, insert_many_once, insert_once, table_of
from bot.db.writer import after_commit

HOLD = timedelta(seconds=20)
"""So long a job that was taken is left to whoever took it; after a crash it comes back then."""
TRIES = 6
"""After so many failures a job is left as failed, for the operator to see; delays double from 10 s."""


class JobRow(Base):
    """One piece of work. `key` makes it exist once."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_job_due", "state", "run_at"),)


@dataclass(frozen=True)
class Wanted:
    """A job to be added: it begins at `run_at` at the earliest, and says of itself that it was made at `made_at`."""

    kind: str
    payload: Mapping[str, Any]
    key: str
    run_at: datetime
    made_at: datetime


@dataclass(frozen=True)
class Job:
    """A job to run: its kind names the handler, its payload is JSON, `attempts` are those before this one."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int


_job = table_of(JobRow)
_due = (
    select(_job.c.id, _job.c.kind, _job.c.payload, _job.c.attempts)
    .where(_job.c.state == "waiting", _job.c.run_at <= bindparam("now"), _job.c.attempts < TRIES)
    .order_by(_job.c.run_at, _job.c.id)
    .limit(bindparam("most"))
)


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    key: str,
    now: datetime,
    run_at: datetime | None = None,
    tries: int = TRIES,
) -> bool:
    """Adds a job unless one of that key ever existed; says whether it is new. It is given up after `tries` (at most TRIES)."""
    row = {"key": key, "kind": kind, "payload": payload, "state": "waiting", "attempts": TRIES - tries}
    new = insert_once(session, JobRow, row | {"run_at": run_at or now, "created_at": now}, "key")
    after_commit(session, "jobs")
    return new is not None


def enqueue_all(session: Session, some: Sequence[Wanted]) -> None:
    """Adds many jobs, each unless one of its key ever existed."""
    rows = [
        {"key": each.key, "kind": each.kind, "payload": dict(each.payload), "state": "waiting", "attempts": 0,
         "run_at": each.run_at, "created_at": each.made_at}
        for each in some
    ]  # fmt: skip
    if rows:
        insert_many_once(session, JobRow, rows, "key")
        after_commit(session, "jobs")


def due(
    session: Session,
    now: datetime,
    most: int = 20,
    *,
    only: Collection[str] | None = None,
    but: Collection[str] = (),
    hold: timedelta = HOLD,
) -> Sequence[Job]:
    """Takes what may run now, oldest first: for `hold` nobody else gets it. `only` and `but` name kinds.

    The attempt is counted here, before the work, so that a job that kills the process is given up in the end; and one that was
    tried before is taken alone, so that nothing else is counted with it.
    """
    query = _due if only is None else _due.where(_job.c.kind.in_(only))
    query = query.where(_job.c.kind.not_in(but)) if but else query
    rows = session.execute(query.with_for_update(skip_locked=True), {"now": now, "most": most})
    found = [Job(*row) for row in rows]
    taken = found[:1] if found and found[0].attempts else list(takewhile(lambda job: not job.attempts, found))
    mine = update(_job).where(_job.c.id.in_([job.id for job in taken]))
    if taken:
        session.execute(mine.values(attempts=_job.c.attempts + 1, run_at=now + hold))
    return taken


def exhausted(session: Session, now: datetime) -> Sequence[Job]:
    """Leaves as failed what was begun TRIES times and never ended; answers what that was."""
    which = (_job.c.state == "waiting", _job.c.run_at <= now, _job.c.attempts >= TRIES)
    words = "begun again and again without an end: it kills the process, or takes too long"
    gone = update(_job).where(*which).values(state="failed", error=words)
    return [
        Job(*row) for row in session.execute(gone.returning(_job.c.id, _job.c.kind, _job.c.payload, _job.c.attempts))
    ]


def finish(session: Session, job: Job, now: datetime) -> bool:
    """Marks a job done; False where another replica was first, and then nothing else may be kept.

    The hour alone is kept: a job runs within seconds of what it follows, and that may hide its minute.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    return _set(session, job, state="done", done_at=hour, run_at=hour, payload={}, error=None)


def fail(session: Session, job: Job, error: str, now: datetime) -> bool:
    """Puts a job off with a growing delay, or leaves it as failed after TRIES."""
    attempts = job.attempts + 1
    state = "failed" if attempts >= TRIES else "waiting"
    later = now + timedelta(seconds=10 * 2**job.attempts)
    return _set(session, job, state=state, run_at=later, error=error[-4000:])


def cancel(session: Session, key: str) -> bool:
    """Takes back a job that has not run."""
    return (
        changed(session, update(_job).where(_job.c.key == key, _job.c.state == "waiting").values(state="cancelled"))
        == 1
    )


def prune(session: Session, before: datetime, most: int = 500) -> int:
    """Forgets what was settled before a day; looks at the oldest jobs only."""
    first = select(_job.c.id).order_by(_job.c.id).limit(most).scalar_subquery()
    old = (_job.c.id.in_(first), _job.c.state != "waiting", _job.c.created_at < before)
    return changed(session, delete(_job).where(*old))


def _set(session: Session, job: Job, **values: Any) -> bool:
    which = (_job.c.id == job.id, _job.c.state == "waiting", _job.c.attempts == job.attempts + 1)
    return changed(session, update(_job).where(*which).values(**values)) == 1
