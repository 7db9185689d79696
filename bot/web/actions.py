"""Signing in and out. Each in the caller's transaction; what may be done once is a conditional update."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery.tables import LinkRow
from bot.people import store as people
from bot.web.model import LINK_HOLDS, LOGIN, SESSION_HOLDS, TOKEN_BYTES
from bot.web.store import digest
from bot.web.tables import WebSessionRow

FORGET_AFTER = timedelta(days=1)


def make_link(session: Session, person: int, now: datetime) -> str:
    """A token that signs somebody in once, within LINK_HOLDS. Their older links stop working."""
    mine = (LinkRow.kind == LOGIN, LinkRow.person_id == person)
    session.execute(update(LinkRow).where(*mine, LinkRow.used_at.is_(None)).values(used_at=now))
    session.execute(delete(LinkRow).where(LinkRow.kind == LOGIN, LinkRow.expires_at < now - FORGET_AFTER))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(LinkRow(token_hash=digest(token), kind=LOGIN, person_id=person, expires_at=now + LINK_HOLDS))
    session.flush()
    return token


def sign_in(session: Session, token: str, cookie: str, now: datetime) -> bool:
    """Uses up a link and begins the session of a cookie; False where the link is used, over or unknown."""
    good = (
        LinkRow.token_hash == digest(token), LinkRow.kind == LOGIN, LinkRow.used_at.is_(None), LinkRow.expires_at > now,
    )  # fmt: skip
    if changed(session, update(LinkRow).where(*good).values(used_at=now)) != 1:
        return False
    person = session.scalar(select(LinkRow.person_id).where(LinkRow.token_hash == digest(token)))
    if person is None or people.viewer(session, person, now) is None:
        return False
    session.execute(delete(WebSessionRow).where(WebSessionRow.expires_at < now - FORGET_AFTER))
    row = WebSessionRow(token_hash=digest(cookie), person_id=person, created_at=now, expires_at=now + SESSION_HOLDS)
    session.add(row)
    session.flush()
    return True


def move_on(session: Session, cookie: str, now: datetime) -> None:
    """Somebody is still there: their session ends later. One that was ended stays so."""
    going = (WebSessionRow.token_hash == digest(cookie), WebSessionRow.revoked_at.is_(None))
    session.execute(
        update(WebSessionRow).where(*going, WebSessionRow.expires_at > now).values(expires_at=now + SESSION_HOLDS)
    )


def sign_out(session: Session, cookie: str, now: datetime) -> None:
    """Ends one session."""
    session.execute(update(WebSessionRow).where(WebSessionRow.token_hash == digest(cookie)).values(revoked_at=now))


def sign_out_everywhere(session: Session, person: int, now: datetime) -> int:
    """Ends all sessions of somebody; answers how many there were."""
    going = (WebSessionRow.person_id == person, WebSessionRow.revoked_at.is_(None), WebSessionRow.expires_at > now)
    return changed(session, update(WebSessionRow).where(*going).values(revoked_at=now))
