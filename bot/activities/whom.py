"""Who plans a campaign and who agrees to it, and what is asked of whoever speaks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.people import store as people
from bot.people.model import Role, Unit
from bot.people.speaking import holds, led, name, paths, person

__all__ = ["AGREES", "PLANNER", "holds", "name", "paths", "person", "units"]
PLANNER = Role.SAFETY_OFFICER
"""Whoever plans a campaign looks after safety for all of its people."""
AGREES = Role.MANAGER
"""Whoever agrees that teams begin one after another."""


def units(session: Session, id: int, now: datetime, most: int = 12) -> list[Unit]:
    """The units for which somebody may plan, the nearest first."""
    viewer = people.viewer(session, id, now)
    return led(session, viewer, PLANNER, most) if viewer is not None else []
