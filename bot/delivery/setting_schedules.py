"""Changing a schedule at the desk: when, in which zone, for whom; pausing it. An administrator's, with a fact of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import schedules, timing
from bot.delivery.audience import Audience
from bot.delivery.model import SCHEDULE_CHANGED
from bot.delivery.schedules import Schedule
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Role, UnitKind, Viewer

AUDIENCE_ROLES = tuple(role.value for role in Role if role is not Role.EMPLOYEE)


def may(session: Session, by: Viewer) -> bool:
    """Whether somebody may change schedules, which are the whole company's: an administrator of it."""
    top = next((unit for unit in people.units(session) if unit.kind is UnitKind.COMPANY), None)
    return top is not None and by.holds(Role.ADMIN, top.path)


def change(
    session: Session,
    by: Viewer,
    key: str,
    when: str,
    zone: str,
    units: tuple[int, ...],
    roles: tuple[str, ...],
    now: datetime,
) -> None:
    """Other times, another zone, other people. Raises Refused, beside the field that is wrong."""
    found = _mine(session, by, key)
    try:
        timing.parse(when)
    except ValueError:
        raise Refused("delivery.bad_timing").beside("when") from None
    paths = []
    for id in units:
        unit = people.unit(session, id)
        if unit is None:
            raise Refused("delivery.bad_unit").beside("unit")
        paths.append(unit.path if unit.parent is not None else "/")
    if not set(roles) <= set(AUDIENCE_ROLES):
        raise Refused("delivery.bad_role").beside("role")
    audience = Audience(tuple(paths) or ("/",), roles, found.audience.posts, found.audience.shifts)
    wanted = replace(found, timing=" ".join(when.split()), zone=zone.strip(), audience=audience)
    if wanted == found:
        raise Refused("delivery.nothing_new")
    try:
        schedules.put(session, wanted)
    except ValueError:
        raise Refused("delivery.bad_zone").beside("zone") from None
    _note(session, by, key, "when", now)


def pause(session: Session, by: Viewer, key: str, on: bool, now: datetime) -> None:
    """Nothing more is planned by it, or it goes on. Raises Refused."""
    found = _mine(session, by, key)
    if found.paused is on:
        raise Refused("delivery.nothing_new")
    schedules.pause(session, key, now if on else None)
    _note(session, by, key, "paused" if on else "resumed", now)


def _mine(session: Session, by: Viewer, key: str) -> Schedule:
    found = schedules.schedule(session, key)
    if found is None or not may(session, by):
        raise Refused("delivery.not_your_schedule")
    return found


def _note(session: Session, by: Viewer, key: str, what: str, now: datetime) -> None:
    body = {"schedule": key, "what": what}
    record(session, Fact(SCHEDULE_CHANGED, f"schedule:{key}:{now.isoformat()}", now, by.person, body=body), now)
