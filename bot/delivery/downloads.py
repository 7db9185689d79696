"""Files that lie with the channel and must be fetched: asked for in a transaction, fetched outside, answered by a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed
from bot.db.writer import after_commit
from bot.delivery.tables import DownloadRow

TRIES = 8


def want(
    session: Session,
    file_id: str,
    job: str,
    payload: dict[str, Any],
    now: datetime,
    *,
    keep: Literal["picture", "file"] = "picture",
) -> int:
    """Asks for a file. Afterwards `job` runs with `payload` and `media` (its ref, or None) and `error` (None, or a code).

    Codes: `too_big`, `broken` (no picture, or one that may not be opened), `gone` (the channel no longer has it).
    """
    row = DownloadRow(file_id=file_id, job=job, payload=payload, keep=keep, created_at=now)
    session.add(row)
    session.flush()
    after_commit(session, "downloads")
    return row.id


def waiting(session: Session, most: int = 10) -> list[tuple[int, str, str, int]]:
    """What is to be fetched: (id, file id, keep, attempts)."""
    query = (
        select(DownloadRow.id, DownloadRow.file_id, DownloadRow.keep, DownloadRow.attempts)
        .where(DownloadRow.state == "waiting")
        .order_by(DownloadRow.id)
        .limit(most)
    )
    return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]


def settle(session: Session, id: int, now: datetime, *, media: str | None = None, error: str | None = None) -> bool:
    """Ends a download and queues its job; False where another replica was first."""
    done = changed(
        session,
        update(DownloadRow)
        .where(DownloadRow.id == id, DownloadRow.state == "waiting")
        .values(state="failed" if error else "done", file_id=""),
    )
    if done != 1:
        return False
    row = session.get_one(DownloadRow, id, populate_existing=True)
    jobs.enqueue(session, row.job, row.payload | {"media": media, "error": error}, key=f"download:{id}", now=now)
    return True


def failed_once(session: Session, id: int) -> int:
    """Counts a try that may be repeated; answers how many there were."""
    session.execute(update(DownloadRow).where(DownloadRow.id == id).values(attempts=DownloadRow.attempts + 1))
    return session.scalar(select(DownloadRow.attempts).where(DownloadRow.id == id)) or TRIES
