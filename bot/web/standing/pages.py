"""How Davy itself is, for admins: its parts, what waits and since when, schedules, backups, and what `davy doctor` would say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people.model import Viewer
from bot.web.standing import store

parts: list[Callable[[], Mapping[str, bool]]] = []
"""The background parts of this process, and whether each runs; set by whoever serves."""
examines: list[Callable[[Session, datetime], Iterable[Any]]] = []
"""What is looked at beside the queues (`what`, `good`, `says`); set at the composition root."""
OLD_S = {"alert": 60.0, "reply": 120.0}
"""For how long the oldest message of a lane may wait before it is marked; others wait an hour for quiet hours' sake."""
OTHERS_S = 3600.0


def standing(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """All of it; nothing names a person."""
    running = parts[0]() if parts else {}
    lanes = [
        each | {"old": each["count"] > 0 and each["seconds"] > OLD_S.get(each["lane"], OTHERS_S)}
        for each in store.lanes(session, now)
    ]
    return {
        "parts": sorted(running.items()), "sends": store.sends(session), "lanes": lanes, "counts": store.counts(session, now),
        "late": store.late(session, now),
        "findings": [
            {"what": each.what, "good": each.good, "says": each.says} for look in examines for each in look(session, now)
        ],
    }  # fmt: skip


PAGES = (Page("/desk/health", standing, "standing", "title_standing", role="admin"),)
