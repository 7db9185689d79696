"""The register on the dashboard: a list and the clocks of the law, scope in the query. One incident opens in the chat alone,

because pages only read, and who looked at an incident goes on record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.incidents import clocks, showing, store
from bot.incidents.model import ClockState, Incident
from bot.incidents.tables import IncidentActionRow, IncidentClockRow, IncidentRow
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.people.tables import PlaceRow, UnitRow

MOST = 100


def register(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The incidents that somebody may see, open ones first. Nobody's name but the owner's stands there."""
    found = store.listed(session, viewer.person, now, MOST)
    held = _at_hand(session, found)
    ids = [each.id for each in found]
    names = people.persons(session, sorted({each.owner for each in found if each.owner}), now)
    done: dict[int, list[IncidentActionRow]] = {id: [] for id in ids}
    for action in session.scalars(select(IncidentActionRow).where(IncidentActionRow.incident_id.in_(ids))):
        done[action.incident_id].append(action)
    rows = [_row(session, each, done[each.id], names, now) for each in found]
    del held
    return {"rows": rows}


def _at_hand(session: Session, found: Sequence[Incident]) -> list[object]:
    """Units and places of a list in two statements; while the answer is held, none of them is asked for again."""
    units = select(UnitRow).where(UnitRow.id.in_({each.unit for each in found}))
    places = select(PlaceRow).where(PlaceRow.id.in_({each.place for each in found if each.place}))
    return [*session.scalars(units), *session.scalars(places)]


def _row(
    session: Session, found: Incident, done: Sequence[IncidentActionRow], names: Mapping[int, Person], now: datetime
) -> dict[str, Any]:
    owner = names.get(found.owner) if found.owner else None
    return showing.line(session, found, (), now) | {
        "owner": owner.name if owner else "", "all": len(done),
        "done": sum(each.done_at is not None for each in done),
        "overdue": sum(each.done_at is None and each.due_at < now for each in done),
    }  # fmt: skip


def running(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """On the first page: duties to report that nobody has answered, however old; nothing where there are none."""
    which = select(IncidentClockRow).join(IncidentRow, IncidentRow.id == IncidentClockRow.incident_id)
    which = which.where(store.visible(session, viewer.person, now), IncidentClockRow.state == ClockState.RUNNING.value)
    which = which.order_by(IncidentClockRow.due_at.is_(None), IncidentClockRow.due_at, IncidentClockRow.id).limit(MOST)
    rows = [
        clocks.line(session, store.as_clock(each), now) | {"number": each.incident_id}
        for each in session.scalars(which)
    ]
    return {"rows": rows} if rows else None


PAGES = (
    Page("/desk", running, "clocks", "title_clocks", role=Role.SAFETY_OFFICER.value, live=("incidents",)),
    Page("/desk/incidents", register, "incidents", "title_incidents", role=Role.SAFETY_OFFICER.value),
)
