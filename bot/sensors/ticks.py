"""What falls due: sensors that say nothing, maintenance that ends, readings that are old."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.sensors import actions, store
from bot.sensors.rules import is_silent

SLICE = 50


def notice_silence(session: Session, now: datetime) -> bool:
    """Sensors that have said nothing for longer than they may; True while there may be more."""
    found = [each for each in store.may_be_silent(session, now, SLICE * 20) if is_silent(each, now)]
    for sensor in found[:SLICE]:
        actions.notice_silence(session, sensor, now)
    return len(found) > SLICE


def end_maintenance(session: Session, now: datetime) -> bool:
    """Sensors whose maintenance is over count again; True while there are more."""
    found = store.maintained_until(session, now, SLICE)
    for sensor in found:
        actions.end_maintenance(session, sensor, now, early=False)
    return len(found) == SLICE


def forget_readings(session: Session, now: datetime) -> bool:
    """Readings are erased after 30 days."""
    return actions.forget(session, now)


TICKS = (
    Tick("sensors.notice_silence", notice_silence, 20),
    Tick("sensors.end_maintenance", end_maintenance, 20),
    Tick("sensors.forget_readings", forget_readings, 3600),
)
