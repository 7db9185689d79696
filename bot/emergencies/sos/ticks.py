"""Ladders of calls for help, timers of people who work alone, and forgetting where somebody was."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.delivery import ladders
from bot.emergencies.sos import actions, rules, store
from bot.emergencies.sos.tables import SosRow
from bot.kit.room import Tick

SLICE = 100
PLACE_KEPT = timedelta(days=7)


def climb_due(session: Session, now: datetime) -> bool:
    """The next people are called where nobody has answered."""
    due = ladders.due(session, actions.LADDER, now, 20)
    for ladder in due:
        actions.climb(session, ladder, now)
    return len(due) == 20


def watch_alone(session: Session, now: datetime) -> bool:
    """Timers ask, and raise the alarm where nobody answers."""
    due = store.soon_due(session, now, SLICE)
    for found in due:
        if rules.warns(found, now):
            actions.warn(session, found, now)
        elif rules.alarms(found, now):
            actions.alarm(session, found, now)
    return len(due) == SLICE


def forget_places(session: Session, now: datetime) -> bool:
    """Where somebody was, and what they wrote, is erased a week after the end."""
    old = (SosRow.over_at <= now - PLACE_KEPT, SosRow.latitude.is_not(None) | (SosRow.words != ""))
    session.execute(update(SosRow).where(*old).values(latitude=None, longitude=None, words=""))
    return False


TICKS = (
    Tick("emergencies.sos.climb", climb_due, 5),
    Tick("emergencies.sos.watch_alone", watch_alone, 15),
    Tick("emergencies.sos.forget_places", forget_places, 3600),
)
JOBS = {actions.UNREACHABLE: actions.unreachable}
