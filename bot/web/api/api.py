"""What a token may, for whoever connects a program and wonders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.kit.endpoints import Call, Endpoint, Given, Labelled
from bot.people.model import Caller
from bot.people.tables import UnitRow
from bot.web.api import store


class Me(Given):
    """A token: what it opens, where, and until when."""

    name: str
    scopes: list[str]
    units: list[Labelled]
    expires_at: datetime


def me(session: Session, caller: Caller, call: Call, now: datetime) -> Me:
    """The token that asks."""
    rows = session.execute(select(UnitRow.id, UnitRow.code).where(UnitRow.path.in_(caller.units)).order_by(UnitRow.id))
    return Me(
        name=caller.name,
        scopes=sorted(caller.scopes),
        units=[Labelled(id=row.id, code=row.code) for row in rows],
        expires_at=store.expires_at(session, caller.token) or now,
    )


ENDPOINTS = (Endpoint("me", "GET", "/me", None, "What this token may", me, Me),)
