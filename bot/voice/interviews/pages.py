"""Interviews on the dashboard. Notes stand here and nowhere else, for whoever took them alone: a page is not kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people.model import Viewer
from bot.voice.interviews import showing, store

MOST = 30


def interviews(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The rounds that the viewer may see: topic, who was reached, what changed; their own notes with their own."""
    found = store.seen_by(session, viewer.person, now, MOST)
    if not found:
        return None
    return {
        "rows": [
            showing.values(session, each, now) | {"notes": store.notes(session, each.id, viewer.person)}
            for each in found
        ]
    }


PAGES = (Page("/desk/voice", interviews, "interviews", "title"),)
