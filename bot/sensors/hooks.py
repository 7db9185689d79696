"""The signed call by which a gateway brings readings: `POST /hooks/sensors/{source}`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Hook
from bot.sensors import actions
from bot.sensors.receiving import Unreadable, readings_of


def on_readings(session: Session, source: str, body: bytes, now: datetime) -> tuple[int, dict[str, Any]]:
    """Takes a delivery in; the answer says what became of it. 200 also where some of it is unknown: the rest is committed."""
    try:
        readings = readings_of(body, now)
    except Unreadable as error:
        return 400, {"error": str(error)}
    done = actions.take_in(session, readings, now)
    return 200, {
        "taken": done.taken,
        "known_before": done.known_before,
        "late": done.late,
        "unknown": list(done.unknown),
        "refused": [{"sensor": sensor, "why": why} for sensor, why in done.refused],
    }


HOOKS = (Hook("sensors", on_readings),)
