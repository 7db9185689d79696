"""The early warning on the dashboard: areas with their index, and one area with what is behind it and its trend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people.model import Viewer
from bot.risks.warning import actions, rules, store
from bot.risks.warning.company import weights
from bot.risks.warning.model import Line

WEEKS = 12
WIDE, HIGH = 600, 160


def areas(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The areas that somebody leads, the highest index first."""
    units = store.led(session, viewer.person, now)
    ids = [unit.id for unit in units]
    found, levels = store.newest(session, ids), store.levels(session, ids)
    there = sorted((u for u in units if u.id in found), key=lambda u: -found[u.id].value)
    rows = [
        {
            "id": u.id, "name": u.label, "index": found[u.id].value, "people": found[u.id].people,
            "level": levels.get(u.id, (0, now))[0],
            "lines": [actions.shown(each) for each in rules.told(found[u.id].lines)][:3],
        }
        for u in there
    ]  # fmt: skip
    return {
        "rows": rows, "small": sum(unit.id not in found for unit in units), "days": weights().days, "per": weights().per,
    }  # fmt: skip


def area(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """One area; None for whoever does not lead it."""
    unit = next((u for u in store.led(session, viewer.person, now) if u.id == int(query["id"])), None)
    if unit is None:
        return None
    index = store.newest(session, [unit.id]).get(unit.id)
    level = store.levels(session, [unit.id]).get(unit.id, (0, now))[0]
    since = now.date() - timedelta(weeks=WEEKS)
    points = store.trend(session, unit.id, since)
    top = max([value for _, value in points] + [each.at for each in weights().levels] + [1.0]) * 1.15
    xy = [
        (round(WIDE * (on - since).days / (7 * WEEKS), 1), round(HIGH - HIGH * value / top, 1)) for on, value in points
    ]
    return {
        "title": unit.label, "index": index.value if index else None, "people": index.people if index else 0, "level": level,
        "lines": [actions.shown(each) for each in index.lines] if index else [],
        "points": " ".join(f"{x},{y}" for x, y in xy), "last": xy[-1] if xy else None,
        "levels": [
            {"at": each.at, "ends": each.clear, "y": round(HIGH - HIGH * each.at / top, 1),
             "y_clear": round(HIGH - HIGH * each.clear / top, 1)}
            for each in weights().levels
        ],
        "weekly": [{"on": on.isoformat(), "value": value} for on, value in rules.weekly(points)],
        "days": weights().days, "per": weights().per,
        "crossings": [
            {
                "at": row.at.isoformat(), "up": row.level > row.before, "level": row.level, "index": row.value,
                "people": row.people,
                "lines": [
                    actions.shown(Line(**{k: v for k, v in each.items() if k != "behind"})) | {"behind": each.get("behind", [])}
                    for each in row.lines if each["counted"]
                ],
            }
            for row in store.crossings(session, unit.id)
        ],
    }  # fmt: skip


PAGES = (
    Page("/desk/warning", areas, "areas", "title_areas"),
    Page("/desk/warning/{id:int}", area, "area", "title_area", nav=False),
)
