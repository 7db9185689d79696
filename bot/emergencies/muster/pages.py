"""Musters on the dashboard: those that run, and one with its counts by unit, who is missing, and its lessons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.emergencies.muster import rules, showing, store
from bot.emergencies.muster.model import Answer
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Role, Viewer

MOST_NAMED = 200


def musters(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The newest musters where somebody leads; nothing where there was none."""
    found = store.under(session, viewer.paths(Role.SUPERVISOR))
    units = {unit.id: unit.label for unit in people.units(session)}
    rows = [
        {
            "id": each.id, "unit": units.get(each.unit, ""), "real": each.real, "open": each.open,
            "at": each.started_at.isoformat(), "counts": showing.as_json(store.total(store.by_unit(session, each.id))),
        }
        for each in found
    ]  # fmt: skip
    return {"rows": rows} if rows else None


def muster(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """One muster; None for whoever leads nothing there."""
    found = store.muster(session, int(query["id"]))
    if found is None or not store.leads_in(viewer, found):
        return None
    counts = store.by_unit(session, found.id)
    units = {unit.id: unit for unit in people.units(session)}
    whole, seconds = store.total(counts), store.seconds(session, found)
    times = rules.times(seconds, whole.roster)
    missing = store.missing(session, viewer, found, 0, MOST_NAMED)
    return {
        "title": units[found.unit].label if found.unit in units else "", "real": found.real, "open": found.open,
        "at": found.started_at.isoformat(), "ended_at": found.closed_at.isoformat() if found.closed_at else "",
        "counts": showing.as_json(whole), "round": found.round, "half": times.half, "most": times.most, "last": times.last,
        "parts": [
            {"name": units[id].label if id in units else "", "guests": id == store.GUESTS} | showing.as_json(each)
            for id, each in showing.by_part(found, units, counts)
        ],
        "missing": [
            {
                "name": each.name if each.guest is None or each.name not in ("visitor", "contractor") else "",
                "guest": each.guest is not None, "unit": units[each.unit].label if each.unit in units else "",
                "help": each.state is Answer.HELP, "phone": each.phone,
            }
            for each in missing
        ],
        "lessons": found.lessons,
    }  # fmt: skip


PAGES = (
    Page("/desk/emergencies", musters, "musters", "title_musters"),
    Page("/desk/musters/{id:int}", muster, "muster", "title_muster", nav=False),
)
