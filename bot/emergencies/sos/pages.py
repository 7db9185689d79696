"""Calls for help that are not over, at the top of the emergencies page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.emergencies.sos import store
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Viewer


def calls(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """Nothing where nobody needs help."""
    found = store.open_under(session, viewer)
    rows = []
    for each in found:
        who, unit = people.person(session, each.person, now), people.unit(session, each.unit)
        seen = people.person(session, each.seen_by, now) if each.seen_by else None
        rows.append(
            {"name": who.name if who else "", "unit": unit.label if unit else "", "at": each.sent_at.isoformat(),
             "seen": seen.name if seen else "", "words": each.words}
        )  # fmt: skip
    return {"rows": rows} if rows else None


PAGES = (Page("/desk/emergencies", calls, "calls", "title_calls", live=("emergencies.sos",)),)
