"""Staffing on the dashboard: what is required of one's units, and what is missing. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people.model import Role, Viewer
from bot.resources.staffing import showing, store


def staffing(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """As `/staffing` counts it."""
    return {
        "lines": [showing.line(session, each) for each in store.standing(session, viewer.paths(Role.SUPERVISOR), now)]
    }


PAGES = (Page("/desk/resources", staffing, "staffing", "title_staffing"),)
