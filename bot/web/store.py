"""Who is signed in, and whether a link still opens the door."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery.tables import LinkRow
from bot.people import store as people
from bot.people.tables import UnitRow
from bot.web.model import LOGIN, SESSION_LASTS, Visitor
from bot.web.tables import WebSessionRow


def digest(token: str) -> bytes:
    """What is kept of a token: nobody who reads the database can sign in with it."""
    return hashlib.sha256(token.encode()).digest()


def csrf(token: str) -> str:
    """The word that a form of this session must send back; made from what only this browser and we have."""
    return hashlib.sha256(b"csrf " + token.encode()).hexdigest()


def visitor(session: Session, token: str | None, now: datetime) -> Visitor | None:
    """Whose session a cookie is; None for one that is unknown, over or ended, and for people who have left."""
    if not token:
        return None
    query = select(WebSessionRow.person_id, WebSessionRow.expires_at).where(
        WebSessionRow.token_hash == digest(token),
        WebSessionRow.expires_at > now,
        WebSessionRow.created_at > now - SESSION_LASTS,
        WebSessionRow.revoked_at.is_(None),
    )
    row = session.execute(query).first()
    if row is None:
        return None
    person, viewer = people.person(session, row.person_id, now), people.viewer(session, row.person_id, now)
    return Visitor(person, viewer, csrf(token), row.expires_at) if person and viewer else None


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
