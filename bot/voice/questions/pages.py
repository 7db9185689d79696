"""Questions on the dashboard: those that are open, with their deadlines. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people import speaking
from bot.people.model import Role, Viewer
from bot.voice.questions import store

MOST = 50


def questions(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Open questions of the units that the viewer leads, the one that is due first foremost."""
    rows = store.open_under(session, viewer.paths(Role.SUPERVISOR), MOST)
    return {
        "rows": [
            {
                "words": row.words, "name": speaking.name(session, row.person_id, now),
                "unit": speaking.label(session, row.unit_id),
                "due": row.due_at.isoformat() if row.due_at else None, "late": row.due_at is not None and row.due_at < now,
                "above": row.rung > 1,
            }
            for row in rows
        ]
    }  # fmt: skip


PAGES = (Page("/desk/voice", questions, "questions", "title_voice"),)
