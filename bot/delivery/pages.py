"""Schedules at the desk: what happens when, its next times, its last run; changed by an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import schedules, setting_schedules, timing
from bot.delivery.schedules import Schedule
from bot.kit.clock import local
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Viewer

NEXT = 3


def card(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """On the page of settings: the way to the schedules."""
    if not setting_schedules.may(session, viewer):
        return None
    found = schedules.known(session)
    return {"count": len(found), "paused": sum(each.paused for each in found)}


def listing(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """All schedules with their next times."""
    if not setting_schedules.may(session, viewer):
        return None
    return {"rows": [_row(session, each, now) for each in schedules.known(session)]}


def _row(session: Session, each: Schedule, now: datetime) -> dict[str, Any]:
    own = each.timing == timing.OWN_HOURS
    last = schedules.last_run(session, each.key)
    coming = [] if own or each.paused else timing.coming(each.when, each.zone, now, NEXT)
    return {
        "key": each.key, "timing": each.timing, "clock": each.zone, "own": own, "paused": each.paused,
        "next": [f"{local(at.at, each.zone):%Y-%m-%d %H:%M}" for at in coming],
        "units": _units(session, each), "roles": list(each.audience.roles), "others": [*each.audience.posts, *each.audience.shifts],
        "last": last.at.isoformat() if last else "", "planned": last.planned if last else 0,
    }  # fmt: skip


def _units(session: Session, each: Schedule) -> list[Any]:
    paths = [path for path in each.audience.paths if path != "/"]
    found = (people.unit(session, people.ancestors(path)[0]) for path in paths)
    return [unit.label for unit in found if unit is not None]


def one(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The form of a schedule."""
    found = next((each for each in schedules.known(session) if each.key == query["key"]), None)
    if found is None or not setting_schedules.may(session, viewer):
        return None
    chosen = {people.ancestors(path)[0] for path in found.audience.paths if path != "/"}
    return _row(session, found, now) | {
        "title": found.key, "roles_there": list(setting_schedules.AUDIENCE_ROLES),
        "all_units": [{"id": u.id, "label": u.label, "on": u.id in chosen} for u in people.units(session) if u.parent],
        "role_keys": [{"role": role, "on": role in found.audience.roles} for role in setting_schedules.AUDIENCE_ROLES],
    }  # fmt: skip


def changed(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Changes, pauses, resumes it. Raises Refused."""
    key, do = str(form["key"]), str(form.get("do", ""))
    if do in ("pause", "resume"):
        setting_schedules.pause(session, viewer, key, do == "pause", now)
    else:
        units = tuple(
            int(n[5:]) for n in form if n.startswith("unit_") and n[5:].isdigit() and len(n) < 15 and form[n] == "1"
        )
        roles = tuple(r for r in setting_schedules.AUDIENCE_ROLES if form.get(f"role_{r}") == "1")
        when, zone = str(form.get("when", ""))[:80], str(form.get("zone", ""))[:60]
        setting_schedules.change(session, viewer, key, when, zone, units, roles, now)
    return f"/desk/settings/schedules/{key}"


PAGES = (
    Page("/desk/settings", card, "schedules_card", "title_settings", role="admin"),
    Page("/desk/settings/schedules", listing, "listing", "title_schedules", role="admin", nav=False),
    Page("/desk/settings/schedules/{key}", one, "one", "title_one", role="admin", nav=False, post=changed),
)
