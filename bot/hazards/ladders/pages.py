"""Ladders and limits at the desk. Routes only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.hazards import rules
from bot.hazards.company import company
from bot.hazards.ladders import actions
from bot.hazards.ladders.model import KEYS
from bot.hazards.rules import LEVELS
from bot.kit.risk import Severity
from bot.kit.room import Page
from bot.people import company as said_of
from bot.people import store as people
from bot.people.model import Unit, Viewer
from bot.people.rules import MOST_CHOICES, choices
from bot.people.tables import UnitRow


def card(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """On the page of settings: the units whose ladders somebody may set, the widest of many or those that they look for."""
    units, find = (
        [u for u in people.units(session) if viewer.holds(actions.SETS, u.path)],
        str(query.get("find", ""))[:60],
    )
    own = said_of.with_alerts(session)
    # who says so themselves is what one comes to look at: they stand there however many units there are
    first = units if find.strip() else [unit for unit in units if unit.id in own]
    shown = {unit.id: unit for unit in (*choices(first, find), *choices(units, find))}
    return {
        "rows": [{"id": unit.id, "name": unit.label, "own": unit.id in own} for unit in list(shown.values())[:MOST_CHOICES]],
        "find": find, "many": len(units) > MOST_CHOICES,
    }  # fmt: skip


def ladder(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The form of a unit, with what holds there now."""
    unit = people.unit(session, int(query["id"]))
    row = session.get(UnitRow, int(query["id"]))
    if unit is None or row is None or not viewer.holds(actions.SETS, unit.path):
        return None
    own = row.alerts or {}
    return {
        "title": unit.label, "id": unit.id, "seen": actions.mark(row.alerts),
        "ladders": [
            {"key": key, "words": "\n".join(f"{who} {wait}" for who, wait in own.get("ladder", {}).get(key, []))} for key in KEYS
        ],
        "hours": [{"level": level, "words": str(own.get("due_hours", {}).get(level, ""))} for level in LEVELS],
        "holds": _holds(session, unit),
    }  # fmt: skip


def _holds(session: Session, unit: Unit) -> list[dict[str, Any]]:
    said, set_ = said_of.alerts(session, unit.path), company()
    return [
        {
            "level": LEVELS[severity - 1],
            "rungs": [
                {"who": rung.who, "minutes": int(rung.wait.total_seconds() // 60)}
                for rung in rules.plan_of(set_, said, severity)
            ],
            "hours": int(rules.due_within(set_, said, severity).total_seconds() // 3600),
        }
        for severity in reversed(Severity)
    ]  # fmt: skip


def changed(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Sets them. Raises Refused."""
    id = int(form["id"])
    rungs = {key: str(form.get(f"ladder_{key}", ""))[:2000] for key in KEYS}
    hours = {level: str(form.get(f"hours_{level}", ""))[:20] for level in LEVELS}
    actions.set_for(session, viewer, id, rungs, hours, str(form.get("seen", "")), now)
    return f"/desk/settings/ladders/{id}"


PAGES = (
    Page("/desk/settings", card, "ladders_card", "title_settings", role="manager"),
    Page("/desk/settings/ladders/{id:int}", ladder, "ladder", "title_ladder", role="manager", nav=False, post=changed),
)
