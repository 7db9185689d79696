"""The register on the dashboard: a list and the clocks of the law, scope in the query. One incident opens in the chat alone,

because pages only read, and who looked at an incident goes on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.incidents import clocks, showing, store
from bot.incidents.model import ClockState, Incident
from bot.kit.room import Page
from bot.people.model import Role, Viewer

MOST = 100


def register(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The incidents that somebody may see, open ones first. Nobody's name but the owner's stands there."""
    return {"rows": [_row(session, each, now) for each in store.listed(session, viewer.person, now, MOST)]}


def _row(session: Session, found: Incident, now: datetime) -> dict[str, Any]:
    done = store.actions(session, found.id)
    return showing.line(session, found, (), now) | {
        "owner": store.name(session, found.owner, now), "all": len(done),
        "done": sum(each.done_at is not None for each in done),
        "overdue": sum(each.done_at is None and each.due_at < now for each in done),
    }  # fmt: skip


def running(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """On the first page: duties to report that nobody has answered; nothing where there are none."""
    found = store.listed(session, viewer.person, now, MOST)
    rows = [
        clocks.line(session, each, now) | {"number": id}
        for id, some in store.clocks(session, [one.id for one in found]).items()
        for each in some
        if each.state is ClockState.RUNNING
    ]
    rows.sort(key=lambda each: (not each["over"], each["due"] or "9"))
    return {"rows": rows} if rows else None


PAGES = (
    Page("/desk", running, "clocks", "title_clocks", role=Role.SAFETY_OFFICER.value),
    Page("/desk/incidents", register, "incidents", "title_incidents", role=Role.SAFETY_OFFICER.value),
)
