"""Absences: Telegram keeps what people say for a day, but a press for 150 seconds only. Whoever pressed must be told.

A moment ago is noted twice a minute while updates can arrive. Whoever finds the note too old, was away.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.once import table_of, upsert_many
from bot.delivery.model import WAS_AWAY
from bot.delivery.tables import HeardRow
from bot.ledger.actions import record
from bot.ledger.model import Fact

PRESS_LIFE = timedelta(seconds=150)
"""The facts of the platform: Telegram drops the press of a button that nobody fetched for so long."""
NOTED_S = 30.0

_heard = table_of(HeardRow)
_last = select(_heard.c.at).where(_heard.c.name == "updates").with_for_update()


class Ear:
    """Whether updates could arrive of late, by the clock that nobody can set."""

    def __init__(self) -> None:
        self._last: float | None = None

    def hears(self) -> bool:
        """Updates can arrive at this moment; answers whether that is new, after a start or a long silence."""
        now, last = time.monotonic(), self._last
        self._last = now
        return last is None or now - last > PRESS_LIFE.total_seconds()

    @property
    def open(self) -> bool:
        """Whether updates could arrive within the last two minutes: a call for them is held open for most of one."""
        return self._last is not None and time.monotonic() - self._last < 120


def listening(session: Session, now: datetime) -> None:
    """Notes that updates can arrive."""
    upsert_many(session, HeardRow, [{"name": "updates", "at": now}])


def back(session: Session, now: datetime) -> timedelta | None:
    """Updates can arrive again. How long they could not, where presses were lost; the rooms hear of it by the fact WasAway."""
    last: datetime | None = session.scalar(_last)
    listening(session, now)
    if last is None or now - last <= PRESS_LIFE:
        return None
    body = {"since": last.isoformat(), "until": now.isoformat()}
    record(session, Fact(WAS_AWAY, f"away:{last.isoformat()}", now, body=body), now)
    return now - last
