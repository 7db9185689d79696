"""Files that lie with the channel and must be fetched: asked for in a transaction, fetched outside, answered by a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed
from bot.db.writer import after_commit
from bot.delivery.tables import DownloadRow

TRIES = 30
"""About a day: a network that is down for an hour must not cost anybody their photo."""
HOLD = timedelta(seconds=30)
"""So long a file that was taken is left to whoever took it; after a crash it comes back then."""


def delay(attempts: int) -> timedelta:
    """How long to wait after so many failures: doubling from 5 s to an hour."""
    return timedelta(seconds=min(3600, 5 * 2 ** min(attempts, 10)))


def want(
    session: Session,
    file_id: str,
    job: str,
    payload: dict[str, Any],
    now: datetime,
    *,
    keep: Literal["picture", "film", "file", "place"] = "picture",
) -> int:
    """Asks for a file. Afterwards `job` runs with `payload` and `media` (its ref, or None) and `error` (None, or a code).

    A picture that says where it was taken brings `located`; with "place" nothing is kept, and `at` is what it says.

    Codes: `too_big`, `broken` (no picture, or one that may not be opened), `gone` (the channel no longer has it).
    """
    row = DownloadRow(file_id=file_id, job=job, payload=payload, keep=keep, run_at=now, created_at=now)
    session.add(row)
    session.flush()
    after_commit(session, "downloads")
    return row.id


def waiting(session: Session, now: datetime, most: int = 10) -> list[tuple[int, str, str, int]]:
    """Takes what is to be fetched now: (id, file id, keep, attempts). For HOLD no other replica gets it."""
    query = (
        select(DownloadRow.id, DownloadRow.file_id, DownloadRow.keep, DownloadRow.attempts)
        .where(DownloadRow.state == "waiting", DownloadRow.run_at <= now)
        .order_by(DownloadRow.run_at, DownloadRow.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = session.execute(query).all()
    mine = update(DownloadRow).where(DownloadRow.id.in_([row.id for row in found])).values(run_at=now + HOLD)
    if found:
        session.execute(mine.execution_options(synchronize_session=False))
    return [tuple(row) for row in found]  # type: ignore[misc]


def settle(
    session: Session,
    id: int,
    now: datetime,
    *,
    media: str | None = None,
    error: str | None = None,
    told: Mapping[str, Any] | None = None,
) -> bool:
    """Ends a download and queues its job; False where another replica was first."""
    row = session.get(DownloadRow, id, populate_existing=True)
    if row is None:
        return False
    # with its time: once old rows are pruned, SQLite gives their numbers again, and the older job's key may still be there
    job, payload, key = row.job, row.payload, f"download:{id}:{row.created_at.isoformat()}"
    asked = row.created_at
    done = changed(
        session,
        update(DownloadRow)
        .where(DownloadRow.id == id, DownloadRow.state == "waiting")
        .values(state="failed" if error else "done", file_id="", payload={}, run_at=row.created_at),
    )
    if done != 1:
        return False
    # a report without a name asks for its files at the hour: the job must not tell the minute either
    when = asked if timedelta() <= now - asked < timedelta(hours=1) else now
    jobs.enqueue(session, job, payload | {"media": media, "error": error, **(told or {})}, key=key, now=when)
    return True


def failed_once(session: Session, id: int, now: datetime) -> int:
    """Counts a try that may be repeated, and puts the next one off; answers how many there were."""
    row = session.get(DownloadRow, id, populate_existing=True)
    if row is None:
        return TRIES
    row.run_at = now + delay(row.attempts)
    row.attempts += 1
    return row.attempts
