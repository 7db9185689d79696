"""Signing in and out. Each in the caller's transaction; what may be done once is a conditional update."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery.tables import LinkRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.web.guests.tables import GuestRow
from bot.web.model import HOLDS, LINK_HOLDS, LOGIN, OPENED_BY, SESSIONS_ENDED, TOKEN_BYTES, Via
from bot.web.store import digest
from bot.web.tables import UsedLaunchRow, WebSessionRow

FORGET_AFTER = timedelta(days=1)
MOST_AGENT = 60


def make_link(session: Session, person: int, now: datetime) -> str:
    """A token that signs somebody in once, within LINK_HOLDS. Their older links stop working."""
    mine = (LinkRow.kind == LOGIN, LinkRow.person_id == person)
    session.execute(update(LinkRow).where(*mine, LinkRow.used_at.is_(None)).values(used_at=now))
    session.execute(delete(LinkRow).where(LinkRow.kind == LOGIN, LinkRow.expires_at < now - FORGET_AFTER))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(LinkRow(token_hash=digest(token), kind=LOGIN, person_id=person, expires_at=now + LINK_HOLDS))
    session.flush()
    return token


def sign_in(session: Session, token: str, cookie: str, now: datetime, agent: str = "") -> bool:
    """Uses up a link and begins the session of a cookie; False where the link is used, over or unknown."""
    good = (
        LinkRow.token_hash == digest(token), LinkRow.kind == LOGIN, LinkRow.used_at.is_(None), LinkRow.expires_at > now,
    )  # fmt: skip
    if changed(session, update(LinkRow).where(*good).values(used_at=now)) != 1:
        return False
    person = session.scalar(select(LinkRow.person_id).where(LinkRow.token_hash == digest(token)))
    if person is None or people.viewer(session, person, now) is None:
        return False
    begin(session, cookie, now, Via.LINK, agent, person_id=person)
    return True


def sign_in_from_app(
    session: Session, used: bytes, until: datetime, user: int, cookie: str, now: datetime, agent: str = ""
) -> bool:
    """Uses up proven init data (`used`, kept until it would be too old) and begins a session for whose Telegram account it is.

    False where it was used before, where nobody has that account, or where they have no role that opens a page.
    """
    session.execute(delete(UsedLaunchRow).where(UsedLaunchRow.until < now - FORGET_AFTER))
    if insert_once(session, UsedLaunchRow, {"digest": used, "until": until}, "digest") is None:
        return False
    who = people.person_of_account(session, "telegram", user, now)
    return who is not None and sign_in_known(session, who.id, cookie, now, Via.APP, agent)


def sign_in_known(session: Session, person: int, cookie: str, now: datetime, via: Via, agent: str = "") -> bool:
    """Begins a session for somebody whom others have proved to us; False without a role that opens a page."""
    viewer = people.viewer(session, person, now)
    if viewer is None or not any(viewer.anywhere(role) for role in OPENED_BY):
        return False
    begin(session, cookie, now, via, agent, person_id=person)
    return True


def sign_in_guest(session: Session, guest: int, cookie: str, now: datetime, agent: str = "") -> bool:
    """Begins a guest's session; False where their access is over."""
    row = session.get(GuestRow, guest, populate_existing=True)
    if row is None or row.withdrawn_at is not None or row.ends_at <= now:
        return False
    begin(session, cookie, now, Via.GUEST, agent, guest_id=guest)
    return True


def begin(session: Session, cookie: str, now: datetime, via: Via, agent: str, **whose: int) -> None:
    """The session of a cookie, for a person (`person_id`) or a guest (`guest_id`)."""
    session.execute(delete(WebSessionRow).where(WebSessionRow.expires_at < now - FORGET_AFTER))
    row = WebSessionRow(
        token_hash=digest(cookie), via=via.value, agent=agent[:MOST_AGENT], created_at=now, seen_at=now,
        expires_at=now + HOLDS[via][0], **whose,
    )  # fmt: skip
    session.add(row)
    session.flush()


def move_on(session: Session, cookie: str, now: datetime) -> None:
    """Somebody is still there: their session ends later. One that was ended stays so."""
    mine = (WebSessionRow.token_hash == digest(cookie), WebSessionRow.revoked_at.is_(None))
    via = session.scalar(select(WebSessionRow.via).where(*mine, WebSessionRow.expires_at > now))
    if via is not None:
        later = {"expires_at": now + HOLDS[Via(via)][0], "seen_at": now}
        session.execute(update(WebSessionRow).where(*mine, WebSessionRow.expires_at > now).values(**later))


def proved(session: Session, cookie: str, now: datetime) -> None:
    """In this session a second factor was proved."""
    session.execute(update(WebSessionRow).where(WebSessionRow.token_hash == digest(cookie)).values(factor_at=now))


def sign_out(session: Session, cookie: str, now: datetime) -> None:
    """Ends one session."""
    session.execute(update(WebSessionRow).where(WebSessionRow.token_hash == digest(cookie)).values(revoked_at=now))


def sign_out_one(session: Session, person: int, mark: str, now: datetime, *, by_other: bool) -> bool:
    """Ends the session of somebody that their list names so; False where there is none of theirs."""
    try:
        token_hash = bytes.fromhex(mark)
    except ValueError:
        return False
    return _end(session, person, now, by_other, WebSessionRow.token_hash == token_hash) == 1


def sign_out_everywhere(session: Session, person: int, now: datetime, *, by_other: bool = False) -> int:
    """Ends all sessions of somebody; answers how many there were. A link that nobody has opened yet stops working too."""
    mine = (LinkRow.kind == LOGIN, LinkRow.person_id == person, LinkRow.used_at.is_(None))
    session.execute(update(LinkRow).where(*mine).values(used_at=now))
    return _end(session, person, now, by_other)


def _end(session: Session, person: int, now: datetime, by_other: bool, *which: ColumnElement[bool]) -> int:
    still = (WebSessionRow.person_id == person, WebSessionRow.revoked_at.is_(None), WebSessionRow.expires_at > now)
    ended = changed(session, update(WebSessionRow).where(*still, *which).values(revoked_at=now))
    if ended:
        body = {"sessions": ended, "by_other": by_other}
        key = f"signed-out:{person}:{now.isoformat()}"
        record(session, Fact(SESSIONS_ENDED, key, now, person, body=body), now)
    return ended
