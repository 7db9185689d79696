"""Questions about invitations, posters, requests to join, and questions to the safety officer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, false, or_, select
from sqlalchemy.orm import Session

from bot.onboarding.rules import TRIES_WINDOW
from bot.people import store as people
from bot.people.model import Person, Place
from bot.people.tables import (
    AccountRow,
    InviteRow,
    JoinRequestRow,
    JoinTryRow,
    PersonRow,
    PlaceRow,
    PosterRow,
    UnitRow,
)


def hashed(token: str) -> bytes:
    """What is kept of a token. It has 128 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def invite(session: Session, token: str) -> InviteRow | None:
    """The invitation of a token."""
    return session.scalar(select(InviteRow).where(InviteRow.token_hash == hashed(token)))


def poster(session: Session, token: str) -> PosterRow | None:
    """The poster of a token, as long as it hangs."""
    return session.scalar(select(PosterRow).where(PosterRow.token_hash == hashed(token), PosterRow.closed_at.is_(None)))


def tries(session: Session, user: int, now: datetime) -> list[datetime]:
    """When a stranger tried in the last hour."""
    query = select(JoinTryRow.at).where(JoinTryRow.user_id == user, JoinTryRow.at > now - TRIES_WINDOW)
    return list(session.scalars(query))


def request(session: Session, id: int) -> JoinRequestRow | None:
    """A request to join."""
    return session.get(JoinRequestRow, id, populate_existing=True)


def latest_request(session: Session, user: int, since: datetime) -> JoinRequestRow | None:
    """The newest request of a stranger that is not settled for good."""
    return session.scalar(
        select(JoinRequestRow)
        .where(
            JoinRequestRow.user_id == user,
            JoinRequestRow.created_at > since,
            JoinRequestRow.state.in_(("asking", "waiting", "unknown", "refused")),
        )
        .order_by(JoinRequestRow.id.desc())
        .limit(1)
    )


def first_day(session: Session, person_id: int, now: datetime) -> PersonRow | None:
    """Somebody who is on the payroll but has not begun yet; None for everybody else."""
    row = session.get(PersonRow, person_id)
    return row if row is not None and row.left_on is None and row.joined_on > now.date() else None


def open_chat(session: Session, person_id: int, channel: str = "telegram") -> tuple[int, int] | None:
    """The account that is open for somebody: (user, chat)."""
    row = session.execute(
        select(AccountRow.user_id, AccountRow.chat_id).where(
            AccountRow.person_id == person_id, AccountRow.channel == channel, AccountRow.closed_at.is_(None)
        )
    ).first()
    return (row.user_id, row.chat_id) if row else None


def with_other_menu(session: Session, menus: str, most: int) -> list[int]:
    """People whose chat was given its command menu by a program that had others."""
    query = (
        select(AccountRow.person_id)
        .join(PersonRow, PersonRow.id == AccountRow.person_id)
        .where(
            AccountRow.closed_at.is_(None),
            AccountRow.blocked_at.is_(None),
            AccountRow.menu.is_not(None),
            AccountRow.menu != menus,
            PersonRow.left_on.is_(None),
        )
    )
    return list(session.scalars(query.order_by(AccountRow.id).limit(most)))


def last_chat(session: Session, person_id: int) -> int | None:
    """The chat that somebody had last, open or closed."""
    query = select(AccountRow.chat_id).where(AccountRow.person_id == person_id)
    return session.scalar(query.order_by(AccountRow.id.desc()).limit(1))


def ever_joined(session: Session, person_id: int) -> bool:
    """Whether somebody ever had Davy on a phone."""
    return session.scalar(select(AccountRow.id).where(AccountRow.person_id == person_id).limit(1)) is not None


def not_joined(session: Session, paths: Sequence[str], now: datetime, most: int | None = 8) -> list[Person]:
    """People under some units who have no phone with Davy yet."""
    if not paths:
        return []
    has = exists().where(AccountRow.person_id == PersonRow.id, AccountRow.closed_at.is_(None))
    missing = set(session.scalars(select(PersonRow.id).where(PersonRow.left_on.is_(None), ~has)))
    return [who for who in people.everyone(session, now, paths) if who.id in missing][:most]


def without_slip(session: Session, paths: Sequence[str], now: datetime) -> list[Person]:
    """People under some units who have no phone with Davy and no printed slip that is still good, team by team."""
    good = select(InviteRow.person_id).where(InviteRow.printed, InviteRow.used_at.is_(None), InviteRow.expires_at > now)
    have = set(session.scalars(good))
    missing = [who for who in not_joined(session, paths, now, most=None) if who.id not in have]
    return sorted(missing, key=lambda who: (who.path, who.name))


def places_under(session: Session, paths: Sequence[str]) -> list[Place]:
    """Open places of some units, unit by unit."""
    under = [UnitRow.path.startswith(path) for path in paths]
    query = select(PlaceRow).join(UnitRow, UnitRow.id == PlaceRow.unit_id)
    query = query.where(or_(false(), *under), PlaceRow.closed_at.is_(None))
    return [people.as_place(row) for row in session.scalars(query.order_by(UnitRow.path, PlaceRow.name))]


def waiting_requests(session: Session, since: datetime) -> list[JoinRequestRow]:
    """Requests to join that nobody has decided."""
    query = select(JoinRequestRow).where(JoinRequestRow.state == "waiting", JoinRequestRow.created_at > since)
    return list(session.scalars(query.order_by(JoinRequestRow.id)))
