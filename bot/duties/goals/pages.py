"""Goals on the dashboard, below the duties: the week's figures and whose each goal is. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.duties.goals import showing
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Viewer

MOST = 100


def goals(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """As `/goals` counts them, so that both say the same."""
    who = people.person(session, viewer.person, now)
    found = showing.figures(session, who, now, so_far=True) if who is not None else None
    if found is None or not found.lines:
        return None
    return {
        "lines": [showing.line(session, each, now) for each in found.lines[:MOST]], "more": max(len(found.lines) - MOST, 0),
        "open": found.open, "reached": found.reached, "dropped": found.dropped, "overdue": found.overdue,
        "steps": found.steps_this_week,
    }  # fmt: skip


PAGES = (Page("/desk/duties", goals, "goals", "title_goals"),)
