"""The pledge on the dashboard: how many of each unit have signed. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Viewer
from bot.voice import whom
from bot.voice.pledge import store

MOST_UNITS, MOST_NAMES = 12, 50


def pledge(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The units that the viewer leads, with who has not signed."""
    who = people.person(session, viewer.person, now)
    if who is None:
        return None
    units = whom.units(session, who, now, most=MOST_UNITS)
    meant, done = store.counts_by_unit(session, [unit.path for unit in units], now)
    called = {call.unit for call in store.calls(session, ["/"])}
    rows = []
    for unit in units:
        many = meant[unit.id], done[unit.id]
        # thousands of names help nobody, and those who lead the parts see theirs
        named = 0 < many[0] - many[1] <= MOST_NAMES
        names = store.names_missing(session, unit.path, now) if named else []
        over = not called.isdisjoint(people.ancestors(unit.path))
        rows.append({"unit": unit.label, "meant": many[0], "done": many[1], "names": names, "called": over})
    return {"rows": rows}


PAGES = (Page("/desk/voice", pledge, "pledge", "title"),)
