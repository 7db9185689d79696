"""Who is speaking, and what they may: the same few questions that every part of the room asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm import Session

from bot.kit.events import Event
from bot.people import store as people
from bot.people.model import Person, Role, Unit
from bot.people.rules import near

LEADERS = ("supervisor", "safety_officer", "manager", "admin")
"""In whose menu the commands of leaders stand."""


def person(session: Session, event: Event, now: datetime) -> Person | None:
    """Who said or pressed it; None for strangers and people who have left."""
    who = people.person(session, event.person, now) if event.person is not None else None
    return who if who is not None and who.left_on is None else None


def holds(session: Session, id: int, role: Role, path: str, now: datetime) -> bool:
    """Whether somebody has at least a role over a unit right now."""
    viewer = people.viewer(session, id, now)
    return viewer is not None and viewer.holds(role, path)


def paths(session: Session, id: int, role: Role, now: datetime) -> tuple[str, ...]:
    """The units over which somebody has at least a role right now."""
    viewer = people.viewer(session, id, now)
    return viewer.paths(role) if viewer is not None else ()


def under(path: ColumnElement[str] | Any, wanted: Iterable[str]) -> ColumnElement[bool]:
    """SQL: a path lies under one of these. Nothing lies under none."""
    found = [path.startswith(each, autoescape=True) for each in wanted]
    return or_(*found) if found else false()


def units(session: Session, id: int, role: Role, now: datetime, most: int = 12) -> list[Unit]:
    """The units that somebody may choose from, the nearest first."""
    viewer = people.viewer(session, id, now)
    if viewer is None:
        return []
    everywhere = people.units(session)
    found = near(everywhere, viewer.paths(role), viewer.path)
    rest = [unit for unit in everywhere if viewer.holds(role, unit.path) and unit not in found]
    return [*found, *rest][:most]


def name(session: Session, id: int | None, now: datetime) -> str:
    """Somebody's name; empty where there is nobody."""
    who = people.person(session, id, now) if id else None
    return who.name if who is not None else ""


def label(session: Session, unit: int) -> Any:
    """A unit as it is called, for a text."""
    found = people.unit(session, unit)
    return found.label if found is not None else ""
