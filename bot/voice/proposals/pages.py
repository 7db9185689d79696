"""Proposals on the dashboard, with their dissent. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.people.model import Role, Viewer
from bot.voice.proposals import showing, store
from bot.voice.proposals.model import State

MOST = 30


def proposals(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """Proposals of the units that the viewer leads. What members say is shown once it is decided."""
    found = store.of_units(session, viewer.paths(Role.SUPERVISOR), MOST)
    if not found:
        return None
    return {"rows": [showing.values(session, each, now) | {"open": each.state is State.OPEN} for each in found]}


PAGES = (Page("/desk/voice", proposals, "proposals", "title"),)
