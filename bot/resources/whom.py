"""In whose menu the room's commands stand, and the units that they may choose from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.people import speaking
from bot.people import store as people
from bot.people.model import Role, Unit

LEADERS = ("supervisor", "safety_officer", "manager", "admin")
"""In whose menu the commands of leaders stand."""


def units(session: Session, id: int, role: Role, now: datetime) -> list[Unit]:
    """The units that somebody may choose from, the nearest first."""
    viewer = people.viewer(session, id, now)
    return speaking.led(session, viewer, role) if viewer is not None else []
