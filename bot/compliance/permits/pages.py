"""Open permits on the dashboard: what has run out and is not handed back stands first. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance.permits import showing, store
from bot.compliance.permits.cards import cards
from bot.compliance.permits.model import Permit
from bot.delivery import gates
from bot.kit.room import Page
from bot.people import speaking as whom
from bot.people.model import Role, Viewer

LIVE = ("compliance.permits",)
ON_FIRST_PAGE = 10


def permits(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The open permits of the units that somebody leads, the first of them; nothing where there are none."""
    found = store.open_under(session, viewer.paths(Role.SUPERVISOR))
    rows = [_row(session, each, now) for each in found[:ON_FIRST_PAGE]]
    return {"rows": rows, "count": len(found)} if rows else None


def board(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """All of them, and for those that wait whose yes is missing."""
    found = store.open_under(session, viewer.paths(Role.SUPERVISOR), 200)
    rows = [_row(session, each, now) for each in found]
    states = [each.state.value for each in found]
    return {
        "rows": rows,
        "counts": {
            "late": sum(state in store.OVERDUE for state in states), "asked": states.count("asked"),
            "running": states.count("running"), "back": states.count("back"),
        },
    }  # fmt: skip


def _row(session: Session, each: Permit, now: datetime) -> dict[str, Any]:
    view = gates.view(session, each.subject, each.gate) if each.to_decide else None
    missing = (view.missing_kinds if view else ()) if each.high else ()
    return {
        "number": each.id, "title": dict(cards()[each.card].title), "place": showing.where(session, each),
        "words": each.words, "state": each.state.value, "receiver": whom.name(session, each.receiver, now),
        "issuer": whom.name(session, each.issuer, now), "ends_at": each.ends_at.isoformat() if each.ends_at else "",
        "waits_for": showing.roles_of(missing),
    }  # fmt: skip


PAGES = (
    Page("/desk", permits, "permits", "title_permits", live=LIVE),
    Page("/desk/permits", board, "board", "title_permits", live=LIVE),
)
