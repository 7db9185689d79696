"""How visits and their findings look in a chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.inspections import store as inspections
from bot.inspections.visits import guests, rules, store
from bot.inspections.visits.model import OVER, Found, State, Visit
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text

MOST_LINES = 15


def listing(session: Session, within: tuple[str, ...]) -> Message:
    """The visits that somebody answers for."""
    some = store.visits(session, within, MOST_LINES)
    lines = [line(session, each) for each in some]
    keys = [button("inspections.visits.b_visit", f"inv:v:{each.id}", words=each.authority[:36]) for each in some]
    keys.append(button("inspections.visits.b_new", "inv:new"))
    return Message(text("inspections.visits.list", lines=lines), rows(*keys, each=1))


def line(session: Session, on: Visit) -> dict[str, Any]:
    """A visit as a line of a list."""
    found = store.findings(session, on.id)
    return {
        "number": on.id, "authority": on.authority, "on": on.on.isoformat(), "unit": inspections.where(session, on.unit, None),
        "open": sum(each.state not in OVER for each in found), "all": len(found), "closed": on.closed_at is not None,
    }  # fmt: skip


def visit(session: Session, on: Visit) -> Message:
    """A visit with its findings."""
    found = store.findings(session, on.id)
    words = text(
        "inspections.visits.visit", jurisdiction=on.jurisdiction, scope=on.scope[:600],
        findings=[short(each) for each in found[:MOST_LINES]], more=max(len(found) - MOST_LINES, 0), **line(session, on),
    )  # fmt: skip
    numbered = [
        button("inspections.visits.b_number", f"inv:f:{each.id}", number=each.nth) for each in found[:MOST_LINES]
    ]
    keys: list[Button] = []
    if on.closed_at is None:
        keys.append(button("inspections.visits.b_finding", f"inv:add:{on.id}"))
    keys += [
        button("inspections.visits.b_pack", f"inv:pack:{on.id}"),
        button("inspections.visits.b_guests", f"inv:guests:{on.id}"),
    ]
    if on.closed_at is None and found and all(each.state in OVER for each in found):
        keys.append(button("inspections.visits.b_end", f"inv:end:{on.id}"))
    return Message(words, (*rows(*numbered, each=5), *rows(*keys, each=1)))


def short(each: Found) -> dict[str, Any]:
    """A finding as a line."""
    return {
        "nth": each.nth, "words": each.words[:120], "state": each.state.value, "until": each.due_at.isoformat(),
        "severity": int(each.severity),
    }  # fmt: skip


def card(session: Session, found: Found, leads: bool, by: int, now: datetime) -> Message:
    """A finding, with what somebody may do with it now."""
    files = store.evidence(session, found.visit, found.id)
    on = inspections.where(session, 0, found.place) if found.place else ""
    notes = [
        {
            "kind": row.kind,
            "words": row.words[:250],
            "at": row.at.isoformat(),
            "due": row.due_at.isoformat() if row.due_at else "",
        }
        for row in store.notes(session, found.id)[-6:]
    ]
    words = text(
        "inspections.visits.card", nth=found.nth, words=found.words[:900], clause=found.clause, place=on,
        severity=int(found.severity), state=found.state.value, until=found.due_at.isoformat(),
        late=rules.is_overdue(found, now), owner=inspections.name(session, found.owner, now), files=len(files), notes=notes,
    )  # fmt: skip
    return Message(words, rows(*_keys(session, found, leads, by), each=1))


def _keys(session: Session, found: Found, leads: bool, by: int) -> list[Button]:
    keys = []

    def may(allowed: bool, name: str, does: str) -> None:
        if allowed:
            keys.append(button(f"inspections.visits.{name}", f"inv:{does}:{found.id}"))

    may(rules.may_correct(found, by), "b_correct", "correct")
    may(rules.may_add(found, by, leads=leads), "b_files", "files")
    may(rules.may_object(found, by, leads=leads), "b_object", "object")
    closes = rules.may_close(found, by, leads=leads)
    may(closes, "b_close", "close")
    may(closes, "b_return", "return")
    settles = rules.may_settle(found, by, store.objector(session, found.id), leads=leads)
    may(settles, "b_upheld", "upheld")
    may(settles, "b_rejected", "rejected")
    may(rules.may_extend(found, leads=leads) and found.state is not State.CORRECTED, "b_extend", "more")
    may(leads, "b_spread", "spread")
    if leads:
        keys.append(button("inspections.visits.b_back", f"inv:v:{found.visit}"))
    return keys


def guest_list(session: Session, on: Visit, now: datetime) -> Message:
    """The links to a visit: how long each opens it, how often it was opened, and a button that takes it back."""
    links = store.links(session, on.id)[:8]
    lines = [
        {
            "number": row.id,
            "state": guests.state_of(row, now),
            "until": row.ends_at.isoformat(),
            "views": len(store.views(session, row.id)),
        }
        for row in links
    ]
    keys = [
        button("inspections.visits.b_hours", f"inv:guest:{on.id}:{hours}", hours=hours) for hours in rules.GUEST_HOURS
    ]
    revoke = [
        button("inspections.visits.b_revoke", f"inv:revoke:{row.id}", number=row.id)
        for row in links
        if guests.state_of(row, now) == "open"
    ]
    return Message(text("inspections.visits.guests", lines=lines), (*rows(*keys, each=2), *rows(*revoke, each=1)))
