"""Who has not acknowledged, on the dashboard: how each notice stands, and the names. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance.reading import actions, rules, store
from bot.compliance.reading.model import Notice
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Viewer

MOST = 30
MOST_NAMES, MOST_UNITS = 200, 40


def notices(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The notices of the units that somebody leads, with who is missing, by unit and by name."""
    return {"rows": [_row(session, each, now) for each in store.live(session, viewer.paths(actions.SENDER), MOST)]}


def _row(session: Session, found: Notice, now: datetime) -> dict[str, Any]:
    parts = store.by_unit(session, found, now)
    meant, done = sum(part[1] for part in parts), sum(part[2] for part in parts)
    late = store.first_pending(session, found, now, meant, MOST_NAMES)
    shown = [part for part in parts[:MOST_UNITS] if part[2] < part[1]]
    units = people.labels(session, [found.unit, *(part[0] for part in shown), *(each.unit for each in late)])
    away = people.deputies(session, [each.id for each in late], now)
    return {
        "id": found.id, "title": actions.title_of(session, found), "unit": units.get(found.unit, ""), "done": done,
        "meant": meant, "number": found.number, "at": found.began_at.isoformat(),
        "chased_at": found.chased_at.isoformat() if found.chased_at else "",
        "may_chase": meant > done and rules.may_chase(found.began_at, found.chased_at, now),
        "parts": [{"name": units.get(unit, ""), "meant": many, "done": had} for unit, many, had in shown],
        "late": [
            {"name": each.name, "badge": each.badge, "unit": units.get(each.unit, ""), "away": each.id in away}
            for each in late
        ],
    }  # fmt: skip


def chase(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Asks all once more who have not acknowledged, as `/pending` does. Raises Refused: too soon, or to others."""
    number = str(form.get("notice", ""))
    actions.chase(
        session, viewer.person, int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0, now
    )
    return "/desk/acknowledge"


PAGES = (Page("/desk/acknowledge", notices, "notices", "title_notices", live=("compliance.reading",), post=chase),)
