"""Who is speaking, and what they may: the same few questions that many rooms ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, false, or_, select
from sqlalchemy.orm import Session

from bot.db.reading import shared
from bot.kit.events import Event
from bot.people import store as people
from bot.people.model import Person, Role, Unit, Viewer
from bot.people.rules import near
from bot.people.tables import LeaveRow


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


def answers_for(session: Session, id: int, role: Role, now: datetime) -> tuple[str, ...]:
    """The same, and the units over which somebody stands in for whoever has it. The parts of a page share for whom they do."""
    stood_for = shared(session, ("stood for", id, now), lambda: _stood_for(session, id, now))
    return tuple(sorted({path for one in (id, *stood_for) for path in paths(session, one, role, now)}))


def _stood_for(session: Session, id: int, now: datetime) -> list[int]:
    return list(session.scalars(_for_whom, {"id": id, "now": now}))


_now = bindparam("now", type_=LeaveRow.starts_at.type)
_for_whom = select(LeaveRow.person_id).where(
    LeaveRow.deputy_id == bindparam("id"),
    LeaveRow.starts_at <= _now,
    or_(LeaveRow.ends_at.is_(None), LeaveRow.ends_at > _now),
)


def under(path: ColumnElement[str] | Any, wanted: Iterable[str]) -> ColumnElement[bool]:
    """SQL: a path lies under one of these. Nothing lies under none."""
    found = [path.startswith(each, autoescape=True) for each in wanted]
    return or_(*found) if found else false()


def led(session: Session, viewer: Viewer, role: Role, most: int = 12) -> list[Unit]:
    """The units that somebody may choose from, the nearest first."""
    return choice(session, viewer.paths(role), viewer.path, most)


def choice(session: Session, paths: Sequence[str], own: str, most: int) -> list[Unit]:
    """The units under some paths that somebody may choose from, the nearest to their own first; no more are read than it takes."""
    likely = [*people.ancestors(own), *(people.ancestors(path)[0] for path in paths)]
    found = near(people.some_units(session, dict.fromkeys(likely)), paths, own)
    rest = [unit for unit in people.units_under(session, paths, most + len(found)) if unit not in found]
    return [*found, *rest][:most]


def name(session: Session, id: int | None, now: datetime) -> str:
    """Somebody's name; empty where there is nobody."""
    who = people.person(session, id, now) if id else None
    return who.name if who is not None else ""


def label(session: Session, unit: int) -> Any:
    """A unit as it is called, for a text."""
    found = people.unit(session, unit)
    return found.label if found is not None else ""


def above(path: str) -> list[str]:
    """A unit's own path and those of all it lies in: `/1/4/` -> [`/1/`, `/1/4/`]."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]
