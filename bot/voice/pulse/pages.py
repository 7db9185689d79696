"""Surveys on the dashboard: what may be shown of those that are over. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Viewer
from bot.voice import whom
from bot.voice.pulse import showing, store
from bot.voice.pulse.model import FIVE

MOST = 5


def surveys(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """Ended surveys around the units that the viewer leads, with the parts that they lead; and how long running ones run."""
    who = people.person(session, viewer.person, now)
    if who is None:
        return None
    ended = store.ended_for(session, who, now, MOST)
    running = [each for each in store.led(session, whom.led(session, who.id, now), MOST) if each.open]
    return {
        "ended": [showing.values(session, who.id, each, now) for each in ended],
        "running": [
            {"unit": speaking.label(session, each.unit), "closes": each.closes_at.isoformat()} for each in running
        ],
        "least": FIVE,
    }


PAGES = (Page("/desk/voice", surveys, "surveys", "title"),)
