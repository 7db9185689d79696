"""Emergency plans on the dashboard: the red ones first, and what runs out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.emergencies import rules, store
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Role, Viewer


def plans(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The plans of the units that somebody leads."""
    found = store.plans_under(session, viewer.paths(Role.SUPERVISOR))
    units = people.labels(session, (plan.unit for plan in found))
    owners = people.persons(session, [plan.owner for plan in found], now)
    out = store.running_out(session, [plan.id for plan in found], now.date())
    rows = [
        {
            "title": dict(plan.title), "unit": units.get(plan.unit, ""), "red": rules.red(plan, now),
            "owner": owners[plan.owner].name if plan.owner in owners else "", "reviewed_at": plan.reviewed_at.isoformat(),
            "routes": len(plan.routes),
            "out": [{"words": m.words, "on": m.expires_on.isoformat() if m.expires_on else ""} for m in out if m.plan == plan.id],
        }
        for plan in sorted(found, key=lambda plan: (not rules.red(plan, now), plan.path, plan.id))
    ]  # fmt: skip
    return {"rows": rows, "red": sum(bool(row["red"]) for row in rows)}


PAGES = (Page("/desk/emergencies", plans, "plans", "title_plans", live=("emergencies",), guests=True),)
