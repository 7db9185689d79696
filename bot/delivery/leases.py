"""A lease on something that only one process may do, by the database's own time, with a fence that grows with each holder.

Whoever does not hold it only reads: nobody waits behind a process that stands still in the middle of a transaction, whose
session PostgreSQL ends after a while (`IDLE_IN_TRANSACTION_MS`).
"""

from __future__ import annotations

import time

from sqlalchemy import BindParameter, Exists, bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from bot.db.once import insert_once, table_of
from bot.delivery.tables import LeaseRow

SECONDS = 3.0

_l = table_of(LeaseRow)
_named = _l.c.name == bindparam("named")
_found = select(_l.c.holder, _l.c.fence, _l.c.until).where(_named)
_found_at = _found.add_columns(func.extract("epoch", func.clock_timestamp()).label("now"))
_locked = _found.with_for_update(skip_locked=True)
_set = update(_l).where(_named)


def database_time(session: Session) -> float:
    """Seconds since 1970 as the database has them; on SQLite, which is this machine, the machine's."""
    if session.get_bind().dialect.name == "postgresql":
        return float(session.scalar(select(func.extract("epoch", func.clock_timestamp()))) or 0)
    return time.time()


def take(session: Session, name: str, holder: str) -> int | None:
    """Takes or renews a lease; answers its fence, or None while somebody else holds it.

    Until this transaction ends nobody else can take it: what is done in it is done by the holder.
    """
    query = _found_at if session.get_bind().dialect.name == "postgresql" else _found
    row = session.execute(query, {"named": name}).one_or_none()
    if row is None:
        now = database_time(session)
        first = {"name": name, "holder": holder, "fence": 1, "until": now + SECONDS}
        return 1 if insert_once(session, LeaseRow, first, "name") is not None else None
    now = float(row.now) if query is _found_at else time.time()
    if row.holder == holder and row.until > 0:
        if query is _found and SECONDS / 2 < row.until - now <= SECONDS:
            return int(row.fence)  # on SQLite this transaction is alone: an idle house need not write for it
        mine = _set.where(_l.c.holder == holder, _l.c.until > 0, _l.c.fence == row.fence)
        renewed = session.execute(mine.values(until=now + SECONDS).returning(_l.c.fence), {"named": name})
        return renewed.scalar()
    if _stands(row.until, now):
        return None
    row = session.execute(_locked, {"named": name}).one_or_none()
    if row is None or _stands(row.until, now):
        return None
    session.execute(_set.values(holder=holder, fence=row.fence + 1, until=now + SECONDS), {"named": name})
    return int(row.fence) + 1


def release(session: Session, name: str, holder: str) -> None:
    """Gives a lease back at once."""
    session.execute(_set.where(_l.c.holder == holder).values(until=0), {"named": name})


def release_all(session: Session) -> None:
    """Gives back every lease: for whoever knows by other means that all earlier holders are gone."""
    session.execute(update(_l).where(_l.c.holder != "").values(until=0))


def holds(name: str, fence: int | BindParameter[int]) -> Exists:
    """A condition for WHERE: this fence is still the newest, and stays it until the end of the transaction.

    What a paused holder tries to write finds no row.
    """
    return exists(select(_l.c.name).where(_l.c.name == name, _l.c.fence == fence).with_for_update(read=True))


def _stands(until: float, now: float) -> bool:
    return now < until <= now + SECONDS  # later than that it cannot be: then a clock was set back
