"""Participation of today is counted up, a few units at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.assessment import store, today
from bot.kit.room import Tick

SLICE = 100


def count_today(session: Session, now: datetime) -> bool:
    """A slice of the units where something has happened; True while more are left."""
    found = store.places(session, ["/"])
    return today.count_up(session, store.days(found, now), SLICE)


TICKS = (Tick("assessment.count_today", count_today, 30),)
