"""What is settled becomes history, and what nobody will ask for again is forgotten, so that no table here grows for ever.

Each slice looks at the oldest rows by an index only: a search for old ones among millions of young ones would hold up the
writer every hour. Rows that are still to be done are kept however old they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.db import jobs, months
from bot.db.base import Base
from bot.db.once import changed, table_of
from bot.delivery import handling
from bot.delivery.outbox import Lane
from bot.delivery.tables import (
    DownloadRow,
    OutboxHistoryRow,
    OutboxRow,
    ParkedRow,
    ScheduleRunRow,
    SentMessageRow,
)

YOUNG = timedelta(days=14)
"""So long a settled message stays in the outbox: budgets, edits and whoever watches a push look no further back."""
HISTORY = timedelta(days=90)
"""History, business keys, jobs and updates that could not be handled: long enough to look into what happened."""
EDITABLE = timedelta(days=400)
"""Messages that may still be edited or voted on: a hazard can stay open for most of a year."""
DOWNLOADS = timedelta(days=7)
MOST = 1000
MOST_MOVED = 300
"""A row that moves is written three times: so many take about 30 ms."""
AHEAD = 2
"""Months for which partitions are made in advance."""
KEPT = "kept"
"""The state of a row of which only the key is left, so that nothing is sent a second time under it."""
LIVE = frozenset({"waiting", "started", "held", "paused", KEPT})

_o, _history = table_of(OutboxRow), table_of(OutboxHistoryRow)
_left_behind: dict[str, Any] = {
    **dict.fromkeys(("person_id", "chat_id", "sealed", "message_id", "ref", "topic", "error", "on_failure")),
    "payload": {},
    "state": KEPT,
}


def prune(session: Session, now: datetime) -> bool:
    """One slice of every table; True while more is left."""
    download = table_of(DownloadRow)
    sent, parked, runs = table_of(SentMessageRow), table_of(ParkedRow), table_of(ScheduleRunRow)
    forgotten = [
        handling.prune(session, now),
        jobs.prune(session, now - HISTORY, MOST),
        forget_keys(session, now),
        months.forget(session, _history, now - HISTORY, MOST),
        _oldest(session, DownloadRow, download.c.state != "waiting", download.c.created_at < now - DOWNLOADS),
        _oldest(session, ParkedRow, parked.c.state != "waiting", parked.c.parked_at < now - HISTORY),
    ]
    session.execute(delete(runs).where(runs.c.key.startswith("run:"), runs.c.at < now - EDITABLE))
    old = select(sent.c.chat_id, sent.c.message_id).where(sent.c.sent_at < now - EDITABLE).limit(MOST)
    for chat, number in session.execute(old).all():
        session.execute(delete(sent).where(sent.c.chat_id == chat, sent.c.message_id == number))
        forgotten.append(1)
    return sum(forgotten) >= MOST


def make_months(session: Session, now: datetime) -> bool:
    """Makes the partitions of this month and the next ones, before anything falls into them."""
    for table in months.monthly_tables():
        months.ensure(session, table, {months.month(now, ahead) for ahead in range(AHEAD + 1)})
    return False


def settle(session: Session, now: datetime, most: int = MOST_MOVED) -> int:
    """Moves settled rows to the history; of those that have a key only that stays. Answers how many were moved.

    A tick of its own, and a frequent one: what a large company settles in a day must be moved in a day.
    """
    ids = _settled(session, now - YOUNG, most)
    if not ids:
        return 0
    mine = _o.c.id.in_(ids)
    settled = func.coalesce(_o.c.settled_at, _o.c.created_at, type_=_o.c.created_at.type)
    ended = session.scalars(select(settled).where(mine)).all()
    months.ensure(session, _history, {months.month(at) for at in ended})
    columns: dict[str, ColumnElement[Any]] = {column.name: _o.c[column.name] for column in _history.c}
    columns["settled_at"] = settled
    session.execute(insert(_history).from_select(list(columns), select(*columns.values()).where(mine)))
    session.execute(update(_o).where(mine, _o.c.key.is_not(None)).values(**_left_behind))
    session.execute(delete(_o).where(mine, _o.c.key.is_(None)))
    return len(ids)


def forget_keys(session: Session, now: datetime, most: int = MOST) -> int:
    """Forgets keys under which nobody will send again; answers how many."""
    gone = _first(session, KEPT, now - HISTORY, most)
    return changed(session, delete(_o).where(_o.c.id.in_(gone))) if gone else 0


def _settled(session: Session, before: datetime, most: int) -> list[int]:
    ids: list[int] = []
    for state in _states(session):
        if state not in LIVE and len(ids) < most:
            # what was under seal does not tell when it was settled; of anything else that says that it was
            ended = or_(_o.c.settled_at < before, and_(_o.c.settled_at.is_(None), _o.c.sealed.is_not(None)))
            ids += _first(session, state, before, most - len(ids), ended)
    return ids


def _first(session: Session, state: str, before: datetime, most: int, *more: ColumnElement[bool]) -> Sequence[int]:
    """Rows of a state whose time was before, by the index of what is to be done next."""
    found: list[int] = []
    for lane in Lane:
        which = (_o.c.state == state, _o.c.lane == lane, _o.c.not_before < before, *more)
        query = select(_o.c.id).where(*which).order_by(_o.c.not_before, _o.c.id).limit(most - len(found))
        found += session.scalars(query)
    return found


def _states(session: Session) -> Iterator[str]:
    """All states that there are, each found by one step in the index."""
    state = session.scalar(select(func.min(_o.c.state)))
    while state is not None:
        yield state
        state = session.scalar(select(func.min(_o.c.state)).where(_o.c.state > state))


def _oldest(session: Session, row: type[Base], *which: ColumnElement[bool]) -> int:
    table = table_of(row)
    (key,) = table.primary_key
    first = select(key).order_by(key).limit(MOST)
    return changed(session, delete(table).where(key.in_(first.scalar_subquery()), *which))
