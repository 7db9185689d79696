"""The works agreement at the desk: what holds in a unit, by whose word; proposing a change, and the second person's word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment.agreement import actions, rules, store
from bot.assessment.agreement.model import FIGURES, ITEMS, LEAST_PURPOSE, MOST_PURPOSE, ROOMS, Clause
from bot.kit.errors import Refused
from bot.kit.room import Page
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.people.agreement import WORKTIME
from bot.people.model import Unit, Viewer

SHOWN = 40
ALSO = ("works_council",)


def card(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """On the page of settings: the way there, and whether something waits for this person's word."""
    return {"waits": len(store.waiting_for(session, viewer.person, now))}


def agreement(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """What holds in a unit for which somebody speaks, and what waits."""
    units = store.units(session, viewer)
    here = _here(session, viewer, query, units)
    if here is None:
        return None
    held = store.switches(session, here.path)
    waits = store.waiting_for(session, viewer.person, now)
    return {
        "unit": here.id, "name": here.label, "units": [{"id": unit.id, "label": unit.label} for unit in units],
        "figures": [_item(item, held) for item in (*FIGURES, WORKTIME)], "rooms": [_item(item, held) for item in ROOMS],
        "council": store.has_council(session, here.path, now), "least": LEAST_PURPOSE, "most": MOST_PURPOSE,
        "waiting": [_clause(session, each, now) for each in waits],
        "history": [_clause(session, each, now) for each in store.history(session, here.path, SHOWN)],
    }  # fmt: skip


def _here(session: Session, viewer: Viewer, query: Mapping[str, Any], units: list[Unit]) -> Unit | None:
    wished = str(query["typed"].get("unit") or query.get("unit") or "")
    if wished.isascii() and wished.isdigit() and len(wished) < 10:
        found = people.unit(session, int(wished))
        return found if found is not None and store.side(viewer, found.path).any else None
    return units[0] if units else None


def _item(item: str, held: Mapping[str, bool]) -> dict[str, Any]:
    return {"item": item, "what": _what(item), "on": held[item], "alone": rules.protects(item, not held[item])}


def _what(item: str) -> Text:
    return text("assessment.agreement.item", item=item)


def _clause(session: Session, each: Clause, now: datetime) -> dict[str, Any]:
    return {"id": each.id, "line": actions.line(session, each, now), "state": each.state.value}


def changed(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Proposes a change, or answers one, by the same rules as in the chat. Raises Refused."""
    unit = _number(form.get("unit"))
    if form.get("do") in ("yes", "no"):
        actions.answer(session, viewer.person, _number(form.get("id")), form["do"] == "yes", now)
        return f"/desk/settings/agreement?unit={unit}" if unit > 0 else "/desk/settings/agreement"
    purpose, item = rules.purpose_of(str(form.get("purpose", ""))), str(form.get("item", ""))
    if purpose is None:
        raise Refused("assessment.agreement.bad_purpose", least=LEAST_PURPOSE, most=MOST_PURPOSE).beside("purpose")
    there = people.unit(session, unit)
    if there is None or item not in ITEMS:
        raise Refused("assessment.agreement.not_yours")
    on = not store.switches(session, there.path)[item]
    if form.get("on") != ("1" if on else "0"):  # somebody else has switched it since this was looked at
        raise Refused("assessment.agreement.is_so")
    actions.ask(session, viewer.person, unit, item, on, purpose, now)
    return f"/desk/settings/agreement?unit={unit}"


def _number(value: Any) -> int:
    given = str(value or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


PAGES = (
    Page("/desk/settings", card, "agreement_card", "title_settings", role="hr", also=ALSO),
    Page("/desk/settings/agreement", agreement, "agreement", "title_agreement", role="hr", also=ALSO, nav=False, post=changed),
)  # fmt: skip
