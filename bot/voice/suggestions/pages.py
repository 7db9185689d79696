"""Suggestions on the dashboard, as a board. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people import speaking
from bot.people.model import Role, Viewer
from bot.voice.suggestions import showing, store
from bot.voice.suggestions.model import State

MOST = 100


def suggestions(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The suggestions of the units that the viewer leads, by where they stand."""
    found = store.of_units(session, viewer.paths(Role.SUPERVISOR), now - showing.SETTLED_WITHIN, MOST)
    votes = store.votes(session, [each.id for each in found])
    lines = [
        showing.values(session, each, votes[each.id], now) | {"name": speaking.name(session, each.person, now)}
        for each in found
    ]
    columns = {state.value: [line for line in lines if line["state"] == state.value] for state in State}
    return {"columns": columns, "count": len(lines)}


PAGES = (Page("/desk/voice", suggestions, "suggestions", "title"),)
