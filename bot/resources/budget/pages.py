"""The budget on the dashboard: this year's lines of the units that somebody leads. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Role, Viewer
from bot.resources.budget import showing, store

MOST = 200


def budget(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """As `/budget` counts it, so that both say the same; and what waits for this reader."""
    who = people.person(session, viewer.person, now)
    year = people.today_of(who, now).year if who is not None else now.year
    found = store.lines(session, viewer.paths(Role.SUPERVISOR), year)[:MOST]
    figures = store.figures(session, found)
    return {
        "year": str(year), "waiting": len(store.approvable(session, viewer.person, now)),
        "lines": [showing.line_of(session, each, figures[each.id]) for each in found],
    }  # fmt: skip


PAGES = (Page("/desk/resources", budget, "budget", "title_budget"),)
