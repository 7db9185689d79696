"""What falls due of certificates: reminders before they end, drawings that were sent, drawing itself as a job."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.learning.certificates import actions, store
from bot.learning.certificates.sheet import Drawn

SLICE = 25
KEPT = timedelta(days=2)
"""How long a drawing lies here: longer than a message may wait for a network that is down."""


def remind_of_ends(session: Session, now: datetime) -> bool:
    """Holders whose certificate ends soon are told, each of the three times once."""
    found = store.ending(session, now.date(), SLICE)
    before = [row.reminded for row in found]
    for row in found:
        actions.remind(session, row, now)
    # where the holder's own day has not begun yet nothing changes: it is looked at again in an hour and not at once
    return len(found) == SLICE and before != [row.reminded for row in found]


def forget_drawings(session: Session, now: datetime) -> bool:
    """What was sent is erased here."""
    return actions.forget_drawings(session, now - KEPT, SLICE) == SLICE


TICKS = (
    Tick("certificates.remind_of_ends", remind_of_ends, seconds=3600),
    Tick("certificates.forget_drawings", forget_drawings, seconds=3600),
)
JOBS = {actions.JOB: Drawn(actions.drawn)}
