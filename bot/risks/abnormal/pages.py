"""Abnormal states on the first page of the dashboard: in force, with who has seen it, and asked for, with what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import gates
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Role, Viewer
from bot.risks.abnormal import actions, rules, store


def states(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """What is in force or asked for where somebody leads; nothing where all is as usual."""
    found = store.live_under(session, viewer.paths(Role.SUPERVISOR))
    rows = []
    for each in found:
        unit, asker = people.unit(session, each.unit), people.person(session, each.asked_by, now)
        told, seen = store.told(session, each.id)
        view = gates.view(session, each.ref, rules.gate(each))
        at = each.ends_at or each.decide_by
        rows.append(
            {
                "id": each.id, "kind": actions.name(each.kind), "unit": unit.label if unit else "", "words": each.words,
                "state": each.state.value, "at": at.isoformat(), "asker": asker.name if asker else "", "told": told,
                "seen": seen, "missing": view.missing, "open_kinds": [actions.voice(session, k) for k in view.missing_kinds],
            }
        )  # fmt: skip
    return {"rows": rows} if rows else None


PAGES = (Page("/desk", states, "states", "title_states"),)
