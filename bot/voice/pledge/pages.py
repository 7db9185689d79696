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
    rows = []
    for unit in whom.units(session, who, now, most=MOST_UNITS):
        meant, done = store.counts(session, unit.path, now)
        names = [each.name for each in store.missing(session, unit.path, now, MOST_NAMES)]
        called = store.call_over(session, unit.path) is not None
        rows.append({"unit": unit.label, "meant": meant, "done": done, "names": names, "called": called})
    return {"rows": rows}


PAGES = (Page("/desk/voice", pledge, "pledge", "title"),)
