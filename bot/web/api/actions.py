"""Tokens are made and revoked; calls that read or change what is kept of people go on record. In the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.kit.endpoints import Problem
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Caller
from bot.web.api.model import CHANGED, KEY_HOLDS, PREFIX, READ, TOKEN_BYTES, TOKEN_MADE, TOKEN_REVOKED
from bot.web.api.store import digest
from bot.web.api.tables import ApiOnceRow, ApiTokenRow


def make_token(
    session: Session, name: str, owner: int, units: Sequence[int], scopes: Sequence[str], days: int, now: datetime
) -> str | None:
    """A token, which nobody can be told again; None where another of that name works."""
    word = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    over = (ApiTokenRow.live_name == name, ApiTokenRow.expires_at <= now)
    session.execute(update(ApiTokenRow).where(*over).values(live_name=None))
    values = {
        "token_hash": digest(word), "name": name, "live_name": name, "owner_id": owner, "units": list(units),
        "scopes": sorted(scopes), "created_at": now, "expires_at": now + timedelta(days=days),
    }  # fmt: skip
    id = insert_once(session, ApiTokenRow, values, "live_name")
    if id is None:
        return None
    body = {"token": id, "scopes": len(scopes), "units": len(units), "days": days}
    record(session, Fact(TOKEN_MADE, f"api-token:{id}", now, owner, body=body), now)
    return word


def revoke_token(session: Session, name: str, now: datetime) -> bool:
    """Ends a token at once; False where none of that name works."""
    id = session.scalar(select(ApiTokenRow.id).where(ApiTokenRow.live_name == name))
    mine = (ApiTokenRow.id == id, ApiTokenRow.revoked_at.is_(None))
    if id is None or changed(session, update(ApiTokenRow).where(*mine).values(revoked_at=now, live_name=None)) != 1:
        return False
    record(session, Fact(TOKEN_REVOKED, f"api-token:{id}:revoked", now, body={"token": id}), now)
    return True


def note_used(session: Session, token: int, now: datetime) -> None:
    """A token was used."""
    session.execute(update(ApiTokenRow).where(ApiTokenRow.id == token).values(used_at=now))


def note_read(session: Session, caller: Caller, what: str, person: int | None, now: datetime) -> None:
    """What is kept of somebody (None: of many) was read; of one person once a day, token and endpoint."""
    who = people.person(session, person, now) if person is not None else None
    once = people.today_of(who, now).isoformat() if who else secrets.token_hex(8)
    key = f"api-read:{caller.token}:{what}:{person or 0}:{once}"
    record(session, Fact(READ, key, now, person, body={"token": caller.token, "what": what}), now)


def note_changed(session: Session, caller: Caller, what: str, person: int | None, now: datetime) -> None:
    """Something of somebody's was changed."""
    key = f"api-changed:{caller.token}:{secrets.token_hex(8)}"
    record(session, Fact(CHANGED, key, now, person, body={"token": caller.token, "what": what}), now)


def came_before(session: Session, key: str, said: str, now: datetime) -> bool:
    """Whether the very same call was answered before. Raises Problem for a key that came with something else."""
    if insert_once(session, ApiOnceRow, {"key": key, "digest": said, "at": now}, "key") is not None:
        return False
    before = session.get_one(ApiOnceRow, key, populate_existing=True)
    if before.digest != said:
        words = "this Idempotency-Key came with something else before: a new call needs a new key"
        raise Problem(409, "idempotency_key_reused", words)
    return True


def forget_calls(session: Session, now: datetime) -> bool:
    """Keys of calls that nobody repeats any more go."""
    session.execute(delete(ApiOnceRow).where(ApiOnceRow.at < now - KEY_HOLDS))
    return False
