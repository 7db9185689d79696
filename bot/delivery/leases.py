"""A lease on something that only one process may do, by the database's own time, with a fence that grows with each holder."""

from __future__ import annotations

import time

from sqlalchemy import TextClause, func, select, text, update
from sqlalchemy.orm import Session

from bot.delivery.tables import LeaseRow

SECONDS = 3.0


def database_time(session: Session) -> float:
    """Seconds since 1970 as the database has them; on SQLite, which is this machine, the machine's."""
    if session.get_bind().dialect.name == "postgresql":
        return float(session.scalar(select(func.extract("epoch", func.clock_timestamp()))) or 0)
    return time.time()


def take(session: Session, name: str, holder: str) -> int | None:
    """Takes or renews a lease; answers its fence, or None while somebody else holds it."""
    now = database_time(session)
    row = session.scalar(
        select(LeaseRow).where(LeaseRow.name == name).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        session.add(LeaseRow(name=name, holder=holder, fence=1, until=now + SECONDS))
        session.flush()
        return 1
    if row.holder == holder and row.until > 0:
        row.until = now + SECONDS
        return row.fence
    if now < row.until <= now + SECONDS:  # later than that it cannot be: then a clock was set back
        return None
    row.holder, row.fence, row.until = holder, row.fence + 1, now + SECONDS
    return row.fence


def release(session: Session, name: str, holder: str) -> None:
    """Gives a lease back at once."""
    session.execute(update(LeaseRow).where(LeaseRow.name == name, LeaseRow.holder == holder).values(until=0))


def holds(name: str, fence: int) -> TextClause:
    """A condition for WHERE: this fence is still the newest. What a paused holder tries to write finds no row."""
    return text(
        "EXISTS (SELECT 1 FROM lease WHERE lease.name = :lease_name AND lease.fence = :lease_fence)"
    ).bindparams(lease_name=name, lease_fence=fence)
