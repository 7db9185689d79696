"""Equipment on the dashboard: stock, the queue, what is overdue or not given back. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people.model import Viewer
from bot.resources.equipment import showing, store, telling

MOST = 100


def equipment(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The stores that somebody keeps; nothing where they keep none."""
    items = store.items_kept(session, viewer)
    if not items:
        return None
    there = store.stock(session, [each.id for each in items])
    by_id = {each.id: each for each in items}
    return {
        "stock": [showing.stock_line(each, there[each.id]) for each in items], "waiting": store.queued(session, viewer),
        "queue": [telling.request_line(session, e, by_id[e.item], now) for e in store.queue(session, viewer, MOST)],
        "overdue": [
            {"name": name, "item": dict(item.names), "size": piece.size, "left": left, "damaged": piece.state.value == "damaged",
             "expires": piece.expires_on.isoformat() if piece.expires_on and piece.expires_on < now.date() else None}
            for piece, item, name, left in store.overdue(session, viewer, now.date(), MOST)
        ],
    }  # fmt: skip


PAGES = (Page("/desk/resources", equipment, "equipment", "title_equipment"),)
