"""How a broadcast goes, in one message to whoever started it: it is edited while it runs, and has the buttons to pause and stop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import broadcasts, outbox
from bot.delivery.broadcasts import GOING, Counts, State
from bot.delivery.leases import database_time
from bot.delivery.tables import BroadcastRow
from bot.kit.replies import Message, Rows, button, rows
from bot.kit.texts import text
from bot.people import store as people

EVERY_S = 3.0
"""Between two edits; a chat takes a message a second."""
COUNTED_A_SECOND = 20_000
"""A larger broadcast is counted less often: so many of its rows a second."""
FAR = timedelta(hours=20)
"""An end later than this is given with its date."""
TIMES = 3
"""So many of the times at which some follow are named."""


def figures(session: Session, row: BroadcastRow, found: Counts, now: datetime) -> dict[str, Any]:
    """What the progress message says, as values that can be kept and compared. Times are whole minutes."""
    ends = broadcasts.expected_end(session, found, now)
    return {
        "state": row.state,
        "total": row.total,
        "sent": found.sent,
        "failed": found.failed,
        "waiting": found.due + found.paused,
        "later": told(found.later),
        "held": found.held,
        "taken_back": found.taken_back,
        "ends": _minute(ends).isoformat() if ends else None,
        "far": ends is not None and ends - now > FAR,
    }


def told(later: Sequence[tuple[datetime, int]]) -> list[dict[str, Any]]:
    """Who follows when, for a text: the first times, and in the last of them all that comes still later."""
    rest = later[TIMES - 1 :]
    few = [*later[: TIMES - 1], (rest[0][0], sum(count for _, count in rest))] if rest else later
    return [{"at": at.isoformat(), "count": count} for at, count in few]


def _minute(at: datetime) -> datetime:
    """Rounded up."""
    return (at + timedelta(minutes=1, microseconds=-1)).replace(second=0, microsecond=0)


def message(row: BroadcastRow, shown: dict[str, Any]) -> Message:
    """The progress message with these figures."""
    stop = button("delivery.stop", f"dl.stop:{row.id}")
    buttons: Rows = ()
    if row.ended_at is None and row.state in GOING:
        buttons = rows(button("delivery.pause", f"dl.pause:{row.id}"), stop)
    elif row.ended_at is None and row.state == State.ASKED:
        buttons = rows(stop)
    elif row.ended_at is None and row.state == State.PAUSED:
        buttons = rows(button("delivery.go_on", f"dl.goon:{row.id}"), stop)
    return Message(text("delivery.progress", **shown), buttons, ref=row.ref)


def now_shows(session: Session, row: BroadcastRow, now: datetime) -> Message:
    """The message as it is to stand there now; the caller puts it there."""
    found = broadcasts.counts(session, row.id, now)
    row.shown = figures(session, row, found, now)
    if row.state != State.PLANNING:  # else it is looked at as soon as there is something to see
        row.look_at = database_time(session) + _every(row)
    session.flush()
    return message(row, row.shown)


def _every(row: BroadcastRow) -> float:
    return max(EVERY_S, row.total / COUNTED_A_SECOND)


def seconded(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: a second person has said yes or no to a large broadcast, or nobody did in time."""
    by = people.viewer(session, payload["by"], now)
    row = broadcasts.seconded(session, payload["broadcast"], by, bool(payload["agreed"]), now)
    if row is not None:
        _look(session, row, now)


def work(session: Session, now: datetime) -> bool:
    """A tick: one slice of each broadcast that has not ended, and its message where the figures have changed."""
    more = False
    for row in broadcasts.open_ones(session):
        more = broadcasts.advance(session, row, now) or more
        if row.look_at <= database_time(session):
            _look(session, row, now)
    return more


def _look(session: Session, row: BroadcastRow, now: datetime) -> None:
    found = broadcasts.counts(session, row.id, now)
    broadcasts.end(session, row, found, now)
    shown, before = figures(session, row, found, now), row.shown
    row.look_at = database_time(session) + _every(row)
    row.shown = shown
    session.flush()
    if row.ref is not None and (shown != before or row.ended_at is not None):
        outbox.edit_ref(session, row.ref, message(row, shown), now)
