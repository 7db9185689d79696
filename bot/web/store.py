"""Who is signed in, and whether a link still opens the door."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, time

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from bot.delivery.tables import LinkRow
from bot.kit.quiet import QuietHours
from bot.people import store as people
from bot.people.model import Grant, Person, Role, Viewer
from bot.people.tables import PersonRow, UnitRow
from bot.web.factor import store as factors
from bot.web.guests.tables import GuestRow
from bot.web.model import HOLDS, LOGIN, Going, Guest, Via, Visitor
from bot.web.tables import WebSessionRow

PROVE, SET_UP = "/factor", "/desk/factor"
"""Where somebody goes whose second factor is awaited, and whose role needs one that is not set up."""


def digest(token: str) -> bytes:
    """What is kept of a token: nobody who reads the database can sign in with it."""
    return hashlib.sha256(token.encode()).digest()


def csrf(token: str) -> str:
    """The word that a form of this session must send back; made from what only this browser and we have."""
    return hashlib.sha256(b"csrf " + token.encode()).hexdigest()


def visitor(session: Session, token: str | None, now: datetime) -> Visitor | None:
    """Whose session a cookie is, of those who are in all the way; None for one that is unknown, over or ended, for people who
    have left, for whoever still owes a second factor, and for guests, who see nothing but the pages that were opened to them."""
    found = anyone(session, token, now)
    return found if found is not None and not found.waits and found.guest is None else None


def anyone(session: Session, token: str | None, now: datetime) -> Visitor | None:
    """The same, guests and those who owe a second factor as well: for the door and the pages, which know what to do with them."""
    if not token:
        return None
    query = select(WebSessionRow).where(
        WebSessionRow.token_hash == digest(token), WebSessionRow.expires_at > now, WebSessionRow.revoked_at.is_(None)
    )
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None or row.created_at <= now - HOLDS[Via(row.via)][1]:
        return None
    if row.guest_id is not None:
        return _guest(session, row, token, now)
    person, viewer = people.person(session, row.person_id or 0, now), people.viewer(session, row.person_id or 0, now)
    return _person(session, row, token, person, viewer) if person and viewer else None


def _person(session: Session, row: WebSessionRow, token: str, person: Person, viewer: Viewer) -> Visitor:
    has_factor = factors.is_set(session, person.id)
    waits = PROVE if has_factor and row.factor_at is None else ""
    if not has_factor and factors.policy().requires(viewer):
        waits = SET_UP
    return Visitor(
        person, viewer, csrf(token), row.expires_at, Via(row.via), row.factor_at, has_factor=has_factor, waits=waits
    )


def _guest(session: Session, row: WebSessionRow, token: str, now: datetime) -> Visitor | None:
    """A guest's rights are asked for at each look: withdrawn is withdrawn at once."""
    found = session.get(GuestRow, row.guest_id, populate_existing=True)
    if found is None or found.withdrawn_at is not None or found.ends_at <= now:
        return None
    units = [unit for id in found.units if (unit := people.unit(session, id)) is not None]
    if not units:
        return None
    first = units[0]
    quiet = QuietHours(time(0), time(0), first.zone)
    person = Person(
        0, "", found.name, found.lang, first.zone, first.id, first.path, first.jurisdiction, "", None, quiet, time(0)
    )
    # a role that opens nothing: what a page shows to a guest, it shows by `seen_by_guest`
    viewer = Viewer(0, first.path, tuple(Grant(Role.EMPLOYEE, unit.id, unit.path) for unit in units))
    guest = Guest(found.id, tuple(found.pages), found.ends_at)
    return Visitor(person, viewer, csrf(token), min(row.expires_at, found.ends_at), Via.GUEST, guest=guest)


def going(session: Session, person: int, token_hash: bytes, now: datetime) -> list[Going]:
    """Somebody's sessions that go on, the one that was used last first; `token_hash` is of the one that asks."""
    query = select(WebSessionRow).where(
        WebSessionRow.person_id == person, WebSessionRow.expires_at > now, WebSessionRow.revoked_at.is_(None)
    )
    found = [
        Going(row.token_hash.hex(), Via(row.via), row.agent, row.created_at, row.seen_at or row.created_at,
              here=row.token_hash == token_hash)
        for row in session.scalars(query)
        if row.created_at > now - HOLDS[Via(row.via)][1]
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.here, -one.seen_at.timestamp()))


def _holds(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """SQL on sessions: whether one still opens the door."""
    row = WebSessionRow
    young = or_(*(and_(row.via == via.value, row.created_at > now - lasts) for via, (_, lasts) in HOLDS.items()))
    return row.expires_at > now, young, row.revoked_at.is_(None)


def still_inside(session: Session, tokens: Collection[str], now: datetime) -> set[str]:
    """Those of some tokens whose sessions hold, of people who still work here: many at once, for open streams."""
    known = {digest(token): token for token in tokens}
    query = (
        select(WebSessionRow.token_hash)
        .join(PersonRow, PersonRow.id == WebSessionRow.person_id)
        .where(WebSessionRow.token_hash.in_(known), *_holds(now))
        .where(or_(PersonRow.left_on.is_(None), PersonRow.left_on > now.date()))
    )
    return {known[bytes(mark)] for mark in session.scalars(query)}


def link_opens(session: Session, token: str, now: datetime) -> bool:
    """Whether a link is still good. Only a look: it is used up by `actions.sign_in`."""
    query = select(LinkRow.person_id).where(
        LinkRow.token_hash == digest(token), LinkRow.kind == LOGIN, LinkRow.used_at.is_(None), LinkRow.expires_at > now
    )
    return session.scalar(query) is not None


def link_is_of(session: Session, token: str) -> int | None:
    """Whose link it is, or was before it was used up."""
    return session.scalar(select(LinkRow.person_id).where(LinkRow.token_hash == digest(token), LinkRow.kind == LOGIN))


def company_name(session: Session) -> Mapping[str, str] | str:
    """What the company is called, for a text."""
    row = session.scalar(select(UnitRow).where(UnitRow.parent_id.is_(None)).order_by(UnitRow.id).limit(1))
    return people.as_unit(row).label if row else ""
