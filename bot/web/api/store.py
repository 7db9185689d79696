"""Whose a token is, and what it opens at this moment."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.people import store as people
from bot.people.model import Caller, Role
from bot.people.tables import UnitRow
from bot.web.api.model import Token
from bot.web.api.tables import ApiTokenRow


def digest(token: str) -> bytes:
    """What is kept of a token. It has 256 bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def caller(session: Session, token: str, now: datetime) -> Caller | None:
    """Who calls; None for a token that is unknown, over or revoked, and for one nobody answers for any more.

    It reaches no further than whoever answers for it is an administrator now: who leaves takes their tokens along.
    """
    query = select(ApiTokenRow).where(
        ApiTokenRow.token_hash == digest(token), ApiTokenRow.revoked_at.is_(None), ApiTokenRow.expires_at > now
    )
    row = session.scalar(query)
    if row is None:
        return None
    units = reached(session, row.owner_id, row.units, now)
    if not units:
        return None
    return Caller(row.owner_id, "", (), row.id, row.name, units, frozenset(row.scopes))


def reached(session: Session, owner: int, units: Sequence[int], now: datetime) -> tuple[str, ...]:
    """The paths of those units over which somebody is an administrator."""
    who = people.viewer(session, owner, now)
    if who is None:
        return ()
    paths = session.scalars(select(UnitRow.path).where(UnitRow.id.in_(units), UnitRow.ends_on.is_(None)))
    return tuple(sorted(path for path in paths if who.holds(Role.ADMIN, path)))


def as_token(row: ApiTokenRow) -> Token:
    """A row as a Token."""
    return Token(
        row.id, row.name, row.owner_id, tuple(row.units), tuple(row.scopes), row.created_at, row.expires_at,
        row.used_at, row.revoked_at,
    )  # fmt: skip


def tokens(session: Session) -> list[Token]:
    """All tokens, those that were made last first."""
    return [as_token(row) for row in session.scalars(select(ApiTokenRow).order_by(ApiTokenRow.id.desc()))]


def used_at(session: Session, token: int) -> datetime | None:
    """When a token was noted to be used."""
    return session.scalar(select(ApiTokenRow.used_at).where(ApiTokenRow.id == token))


def expires_at(session: Session, token: int) -> datetime | None:
    """When a token is over."""
    return session.scalar(select(ApiTokenRow.expires_at).where(ApiTokenRow.id == token))
