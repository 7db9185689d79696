"""What training and drills cost, on the dashboard: by unit. Scope is in the query; small units are left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Role, Unit, Viewer
from bot.resources.costs import rules, store
from bot.resources.costs.model import FEWEST, Spent

MOST = 40


def costs(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """This year's, for managers: time at the rates of posts, and what was booked; nothing of fewer than five people."""
    who = people.person(session, viewer.person, now)
    found = store.units(session, viewer.paths(Role.MANAGER), MOST)
    if who is None or not found:
        return None
    year = people.today_of(who, now).year
    spent, here = store.spent(session, found, year), store.headcounts(session, [unit.path for unit in found], now)
    lines = [_line(unit, spent[unit.id], here[unit.id]) for unit in found if here[unit.id] >= FEWEST]
    return {"year": str(year), "lines": lines, "small": len(found) - len(lines), "fewest": FEWEST}


def _line(unit: Unit, found: Spent, count: int) -> dict[str, Any]:
    totals = {c: found.time.get(c, 0) + found.booked.get(c, 0) for c in sorted({*found.time, *found.booked})}
    return {
        "unit": unit.label, "people": count, "minutes": found.minutes, "drills": found.drills, "unrated": found.unrated,
        "time": [[amount, currency] for currency, amount in sorted(found.time.items())],
        "booked": [[amount, currency] for currency, amount in sorted(found.booked.items())],
        "each": [[rules.per_person(total, count), currency] for currency, total in totals.items()],
    }  # fmt: skip


PAGES = (Page("/desk/resources", costs, "costs", "title_costs"),)
