"""Asking people to sign, and to renew when a year is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.voice.pledge import actions, store

SLICE = 40


def ask_people(session: Session, now: datetime) -> bool:
    """Those under a call who have not signed, or whose year is over within two weeks."""
    found = store.to_ask(session, now, SLICE)
    for who, times in found:
        actions.ask(session, who, times, now)
    return len(found) == SLICE


TICKS = (Tick("voice.pledge.ask_people", ask_people, 60),)
