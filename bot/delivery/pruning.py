"""Forgetting what nobody will ask for again, so that no table of the engine room grows for ever.

Each slice looks at the oldest rows by primary key only: a search for old ones among millions of young ones would hold up
the writer every hour. Rows that are still to be done are kept however old they are.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.base import Base
from bot.db.once import changed, table_of
from bot.delivery import handling
from bot.delivery.tables import DownloadRow, OutboxRow, ParkedRow, ScheduleRunRow, SentMessageRow

HISTORY = timedelta(days=90)
"""Settled outbox rows, jobs and updates that could not be handled: long enough to look into what happened."""
EDITABLE = timedelta(days=400)
"""Messages that may still be edited or voted on: a hazard can stay open for most of a year."""
DOWNLOADS = timedelta(days=7)
MOST = 1000


def prune(session: Session, now: datetime) -> bool:
    """One slice of every table; True while more is left."""
    outbox, download = table_of(OutboxRow), table_of(DownloadRow)
    sent, parked, runs = table_of(SentMessageRow), table_of(ParkedRow), table_of(ScheduleRunRow)
    forgotten = [
        handling.prune(session, now),
        jobs.prune(session, now - HISTORY, MOST),
        _oldest(session, OutboxRow, outbox.c.state.not_in(("waiting", "started")), outbox.c.created_at < now - HISTORY),
        _oldest(session, DownloadRow, download.c.state != "waiting", download.c.created_at < now - DOWNLOADS),
        _oldest(session, ParkedRow, parked.c.state != "waiting", parked.c.parked_at < now - HISTORY),
    ]
    session.execute(delete(runs).where(runs.c.key.startswith("run:"), runs.c.at < now - EDITABLE))
    old = select(sent.c.chat_id, sent.c.message_id).where(sent.c.sent_at < now - EDITABLE).limit(MOST)
    for chat, number in session.execute(old).all():
        session.execute(delete(sent).where(sent.c.chat_id == chat, sent.c.message_id == number))
        forgotten.append(1)
    return sum(forgotten) >= MOST


def _oldest(session: Session, row: type[Base], *which: ColumnElement[bool]) -> int:
    table = table_of(row)
    (key,) = table.primary_key
    first = select(key).order_by(key).limit(MOST)
    return changed(session, delete(table).where(key.in_(first.scalar_subquery()), *which))
