"""Health checks on the dashboard: how many are planned, and who is overdue. Nothing else is known. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people import speaking
from bot.people.model import Role, Viewer
from bot.resources.health import store

MOST = 200


def health(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Who needs the time for it."""
    paths = sorted({*viewer.paths(Role.SUPERVISOR), *viewer.paths(Role.HR)})
    planned, late = store.counts(session, paths, now)
    found = store.under(session, paths, now, MOST, now.date())
    lines = [{"name": who.name, "unit": speaking.label(session, who.unit)} for who, _ in found]
    return {"planned": planned, "late": late, "lines": lines}


PAGES = (Page("/desk/resources", health, "health", "title_health", also=("hr",)),)
