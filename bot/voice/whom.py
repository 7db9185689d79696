"""Who is speaking, whom they lead, and who stands above: the same few questions that every part of the room asks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time

from sqlalchemy import func
from sqlalchemy.orm import Session

from bot.kit.clock import instant
from bot.kit.errors import Refused
from bot.kit.events import Event
from bot.people import oncall, speaking
from bot.people import store as people
from bot.people.company import leaders, safety_officers, site_of
from bot.people.model import Person, Role, Unit
from bot.people.store import people_on
from bot.people.tables import PersonRow, UnitRow

EIGHT = time(8)


def person(session: Session, event: Event, now: datetime) -> Person | None:
    """Who said or pressed it, in private; None for strangers, in groups, and for people who have left."""
    who = people.person(session, event.person, now) if event.person is not None and event.private else None
    return who if who is not None and who.left_on is None else None


def leads(session: Session, id: int, path: str, now: datetime, role: Role = Role.SUPERVISOR) -> bool:
    """Whether somebody has at least a role over a unit right now."""
    viewer = people.viewer(session, id, now)
    return viewer is not None and viewer.holds(role, path)


def led(session: Session, id: int, now: datetime, role: Role = Role.SUPERVISOR) -> tuple[str, ...]:
    """The paths over which somebody has at least a role right now."""
    viewer = people.viewer(session, id, now)
    return viewer.paths(role) if viewer is not None else ()


def units(session: Session, who: Person, now: datetime, role: Role = Role.SUPERVISOR, most: int = 12) -> list[Unit]:
    """The units that somebody may choose from, the nearest first."""
    return speaking.choice(session, led(session, who.id, now, role), who.path, most)


def led_unit(session: Session, who: Person, id: int, now: datetime, role: Role = Role.SUPERVISOR) -> Unit:
    """A unit that somebody leads. Refused: any other."""
    unit = people.unit(session, id)
    if unit is None or not leads(session, who.id, unit.path, now, role):
        raise Refused("voice.not_yours")
    return unit


def working(session: Session, id: int | None, now: datetime) -> Person | None:
    """Somebody who works here still."""
    who = people.person(session, id, now) if id else None
    return who if who is not None and who.left_on is None else None


def people_of(session: Session, path: str, now: datetime, most: int = 8) -> list[Person]:
    """People of a unit: those of the unit itself first, then of its parts."""
    query = people_on.where(UnitRow.path.startswith(path, autoescape=True), PersonRow.left_on.is_(None))
    found = session.execute(query.order_by(func.length(UnitRow.path), PersonRow.id).limit(most), {"on": now.date()})
    return [people.as_person(row) for row in found]


def deciders(session: Session, path: str, now: datetime, besides: int | None = None) -> list[Person]:
    """Whoever looks after safety for a unit and can be written to; where nobody is, whoever leads."""
    found = [
        officer
        for officer in safety_officers(session, path, now)
        if officer.id != besides and people.reachable_chat(session, officer.id) is not None
    ]
    return found or leaders(session, path, now, besides=besides)


def above(session: Session, path: str, besides: Collection[int], now: datetime) -> list[Person]:
    """The nearest managers over a unit who can be written to and are none of these; where there is none, the administrators."""
    for role in (Role.MANAGER, Role.ADMIN):
        held = [
            (far, who)
            for who, far in oncall.holders(session, [role], path, now)[role]
            if who.id not in besides and people.reachable_chat(session, who.id) is not None
        ]
        if held:
            nearest = min(far for far, _ in held)
            return [who for far, who in held if far == nearest]
    return []


def site_path(session: Session, path: str) -> str:
    """The path of the site that a unit lies in; of the unit itself where it lies in none."""
    site = site_of(session, path)
    return site.path if site is not None else path


def morning(session: Session, unit: int, on: date) -> datetime:
    """Eight o'clock of a day, where a unit is."""
    found = people.unit(session, unit)
    return instant(on, EIGHT, found.zone if found is not None else "UTC")
