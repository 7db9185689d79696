"""Questions about deputies, the next shift, and handovers."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handover.model import Next
from bot.handover.rules import next_start
from bot.handover.tables import HandoverRow
from bot.people import oncall, worktime
from bot.people import store as people
from bot.people.company import site_of
from bot.people.model import Person, Role, Shift
from bot.people.rules import on_shift
from bot.people.tables import RosterRow

LEADING = (Role.SUPERVISOR, Role.SAFETY_OFFICER, Role.MANAGER)


def colleagues(session: Session, who: Person, now: datetime, most: int = 6) -> list[Person]:
    """Who could stand in: others who lead at the same site, nearest first; who is away or has no phone here is left out."""
    viewer = people.viewer(session, who.id, now)
    if viewer is None or not viewer.anywhere(Role.SUPERVISOR):
        return []
    return [each for each, _ in _leading(session, who, now)][:most]


def takers(session: Session, who: Person, now: datetime) -> list[Next]:
    """Who could take the shift over, with when they begin."""
    return [_next(session, each, far, now) for each, far in _leading(session, who, now)]


def handover(session: Session, id: int) -> HandoverRow | None:
    """A handover."""
    return session.get(HandoverRow, id, populate_existing=True)


def unread_by(session: Session, person: int) -> list[HandoverRow]:
    """Handovers that somebody was given and has not acknowledged."""
    query = select(HandoverRow).where(HandoverRow.state == "given", HandoverRow.taker_id == person)
    return list(session.scalars(query.order_by(HandoverRow.id)))


def due(session: Session, now: datetime, most: int = 50) -> list[HandoverRow]:
    """Handovers that nobody has acknowledged in time."""
    query = select(HandoverRow).where(HandoverRow.state == "given", HandoverRow.remind_at <= now)
    return list(session.scalars(query.order_by(HandoverRow.remind_at).limit(most)))


def _leading(session: Session, who: Person, now: datetime) -> list[tuple[Person, int]]:
    """Others who lead at the site, with how many levels away: those over the same unit first, then their neighbours."""
    site = site_of(session, who.path)
    top = site.path if site else who.path
    near: dict[int, tuple[Person, int]] = {}
    for held in oncall.holders(session, LEADING, who.path, now).values():
        for each, far in held:
            _keep(near, each, far)
    for each in people.everyone(session, now, (top,)):
        if each.id in near or each.id == who.id:
            continue
        viewer = people.viewer(session, each.id, now)
        if viewer is not None and any(grant.role in LEADING and grant.path.startswith(top) for grant in viewer.grants):
            _keep(near, each, 10)
    away, chats = people.deputies(session, list(near), now), people.reachable_chats(session, list(near))
    able = [
        (each, far) for each, far in near.values() if each.id != who.id and each.id not in away and each.id in chats
    ]
    return sorted(able, key=lambda entry: (entry[1], entry[0].id))


def _keep(near: dict[int, tuple[Person, int]], each: Person, far: int) -> None:
    if each.id not in near or near[each.id][1] > far:
        near[each.id] = (each, far)


def _next(session: Session, who: Person, far: int, now: datetime) -> Next:
    presence = worktime.presence(session, who, now)
    starts = next_start(presence.today, _tomorrow(session, who, now), now, who.zone)
    return Next(who.id, who.name, starts, on_shift(presence, now, who.zone), far)


def _tomorrow(session: Session, who: Person, now: datetime) -> Shift | None:
    day = people.today_of(who, now) + timedelta(days=1)
    row = session.get(RosterRow, (who.id, day))
    return people.shifts(session).get((row.shift if row else who.shift) or "")
