"""Who has not acknowledged, on the dashboard: how each notice stands, and the names. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance.reading import actions, store
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Viewer

MOST = 30
MOST_NAMES = 200


def notices(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The notices of the units that somebody leads, with who is missing."""
    rows = []
    for found in store.live(session, viewer.paths(actions.SENDER), MOST):
        meant, done = store.counts(session, found, now)
        late = store.pending(session, found, now, MOST_NAMES)
        away = people.deputies(session, [each.id for each in late], now)
        unit = people.unit(session, found.unit)
        rows.append(
            {"id": found.id, "title": actions.title_of(session, found), "unit": unit.label if unit else "", "done": done,
             "meant": meant, "number": found.number, "at": found.began_at.isoformat(),
             "late": [{"name": each.name, "badge": each.badge, "away": each.id in away} for each in late]}
        )  # fmt: skip
    return {"rows": rows}


PAGES = (Page("/desk/acknowledge", notices, "notices", "title_notices"),)
