"""Asking people, once more at half time, and ending what is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.voice.pulse import actions, store

SLICE, SURVEYS = 40, 20


def ask_people(session: Session, now: datetime) -> bool:
    """Those who were not asked; past half time also those who have not begun. One slice of one survey."""
    for found, half in store.running(session, now, SURVEYS):
        if actions.ask(session, found, now, SLICE) == SLICE:
            return True
        if half and actions.remind(session, found, now, SLICE) == SLICE:
            return True
    return False


def close(session: Session, now: datetime) -> bool:
    """Ends surveys whose time is over."""
    found = store.to_close(session, now, 5)
    for each in found:
        actions.close(session, each, now)
    return len(found) == 5


TICKS = (
    Tick("voice.pulse.ask_people", ask_people, 30),
    Tick("voice.pulse.close", close, 60),
)
