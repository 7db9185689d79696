"""Open permits on the dashboard: what has run out and is not handed back stands first. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance.permits import showing, store
from bot.compliance.permits.cards import cards
from bot.kit.room import Page
from bot.people import speaking as whom
from bot.people.model import Role, Viewer


def permits(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The open permits of the units that somebody leads; nothing where there are none."""
    found = store.open_under(session, viewer.paths(Role.SUPERVISOR))
    rows = [
        {"number": each.id, "title": dict(cards()[each.card].title), "place": showing.where(session, each),
         "words": each.words, "state": each.state.value, "receiver": whom.name(session, each.receiver, now),
         "issuer": whom.name(session, each.issuer, now), "ends_at": each.ends_at.isoformat() if each.ends_at else ""}
        for each in found
    ]  # fmt: skip
    return {"rows": rows} if rows else None


PAGES = (Page("/desk", permits, "permits", "title_permits"),)
