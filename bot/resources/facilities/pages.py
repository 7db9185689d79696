"""Facilities on the dashboard: of the units that somebody leads, what is overdue first. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people.model import Role, Viewer
from bot.resources.facilities import actions, rules, store

MOST = 200


def facilities(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What is there, when it is due, who sees to it."""
    found = store.seen_by(session, viewer.person, viewer.paths(Role.SUPERVISOR), MOST)
    lines = [actions.line(session, each, now) | {"is_over": rules.overdue(each, now.date())} for each in found]
    return {"lines": lines, "late": sum(rules.overdue(each, now.date()) for each in found)}


PAGES = (Page("/desk/resources", facilities, "facilities", "title_facilities"),)
