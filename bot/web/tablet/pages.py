"""Tablets and PINs on the dashboard: enrol and revoke devices, make codes for those who have no Telegram."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.kit.errors import Refused
from bot.kit.room import Page
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Role, Viewer
from bot.people.rules import MOST_CHOICES, choices
from bot.people.tables import PlaceRow
from bot.web.address import address
from bot.web.tablet import actions, seconding, store

HERE = "/desk/tablets"
MOST_PLACES = 200


def tablets(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The devices of one's units, forms for codes, and the code that was just made: for its maker's eyes alone."""
    names = {unit.id: name for name, unit in named_units(session).items()}
    led = [unit for unit in people.units(session) if viewer.holds(Role.SUPERVISOR, unit.path)]
    find = str(query.get("find", ""))[:60]
    return {
        "devices": [
            {
                "id": row.id, "name": row.name, "unit": names.get(row.unit_id, ""), "at": row.enrolled_at.isoformat(),
                "may": viewer.holds(Role.SUPERVISOR, path),
            }
            for row, path in store.tablets(session, store.leads(viewer))
        ],
        "units": [(unit.id, names.get(unit.id, unit.name)) for unit in choices(led, find)],
        "leads": bool(led), "find": find, "many": len(led) > MOST_CHOICES,
        "places": _places(session, [unit.id for unit in led]),
        "asked": query.get("asked") == "1",
        "code": _code(session, viewer, str(query.get("code") or ""), now),
    }  # fmt: skip


def change(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """What the forms do. Raises Refused."""
    what = str(form.get("what") or "")
    if what == "code":
        _, row, two = actions.code_for(session, viewer, str(form.get("badge") or ""), now)
        return f"{HERE}?asked=1" if two else f"{HERE}?code={row.id}"
    if what == "enrol":
        unit, place, name = _number(form, "unit"), _number(form, "place"), str(form.get("name") or "")
        return f"{HERE}?code={actions.tablet_code(session, viewer, unit, name, now, place or None).id}"
    if what == "revoke":
        actions.revoke(session, viewer, _number(form, "id"), now)
        return HERE
    raise Refused("delivery.stale")


def _code(session: Session, viewer: Viewer, id: str, now: datetime) -> dict[str, Any] | None:
    row = (
        store.code_of(session, viewer.person, int(id), now) if id.isascii() and id.isdigit() and len(id) < 10 else None
    )
    if row is None or not seconding.holds_alone(session, row, now):
        return None
    who = people.person(session, row.person_id, now) if row.person_id else None
    return {
        "code": store.code(row), "name": who.name if who else "", "device": row.name or "",
        "address": f"{address() or ''}/tablet", "until": row.expires_at.isoformat(),
    }  # fmt: skip


def _places(session: Session, units: list[int]) -> list[tuple[int, object]]:
    query = select(PlaceRow).where(among(PlaceRow.unit_id, "units"), PlaceRow.closed_at.is_(None))
    rows = session.scalars(query.order_by(PlaceRow.name).limit(MOST_PLACES), {"units": units})
    return [(row.id, people.as_place(row).label) for row in rows]


def _number(form: Mapping[str, Any], name: str) -> int:
    given = str(form.get(name) or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


PAGES = (Page(HERE, tablets, "tablets", "tablets_title", role="supervisor", also=("hr",), post=change),)
