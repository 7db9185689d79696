"""The sample company's inspections, for the demo: its manager stands for some checklists, a supervisor has planned one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.inspections import actions, shipped, store
from bot.inspections.actions import Plan
from bot.people import store as people

ADOPTED = ("forklift-pre-use", "housekeeping", "fire-and-exits")
PLANNED, PLACE, SUPERVISOR = "housekeeping", "HW-DOCK-1", "L-1011"
MINUTE, WITHIN = 9 * 60, timedelta(hours=4)


def load_sample(session: Session, by: int, now: datetime) -> None:
    """Puts the shipped checklists on the shelf; `by` stands for some of them; the dock's walk is due every day at nine."""
    shipped.load(session, now)
    for code in ADOPTED:
        kept = store.by_code(session, code)
        if kept is not None and kept.used is None:
            actions.adopt(session, by, kept.id, kept.version, now)
    kept, place = store.by_code(session, PLANNED), people.place_by_code(session, PLACE)
    who = people.person_by_badge(session, SUPERVISOR, now)
    if kept is not None and place is not None and who is not None:
        what = Plan(kept.id, place.unit, place.id, None, "1234567", MINUTE, WITHIN)
        actions.plan(session, who.id, what, f"sample:{PLANNED}:{PLACE}", now)
