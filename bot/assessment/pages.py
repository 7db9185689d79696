"""Participation today, by unit: who was offered something, who took part, who has not begun."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment import rules, store
from bot.assessment.model import Tally
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Role, Unit, Viewer

MOST_PEOPLE = 300


def participation(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The units that somebody looks after, or the parts of the one they do."""
    tops = rules.tops(viewer.paths(Role.SUPERVISOR))
    units = _under(session, tops)
    tallies = store.tallies(session, tops, now)
    found = rules.sums(units, tallies)
    at = {unit.path: unit for unit in units}
    whole = sum((found[at[path].id] for path in tops if path in at), Tally())
    shown = rules.rows_under(units, tops)
    rows = [_row(unit, found) for unit in shown]
    if len(tops) == 1 and tops[0] in at and shown[0].path != tops[0]:
        rows += _own(at[tops[0]], tallies)
    return {"rows": rows, "whole": whole, "alone": len(rows) == 1}


def unit(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """One unit: its parts, and its own people by what they did today; None for a unit they do not look after."""
    here = people.unit(session, int(query["id"]))
    if here is None or not viewer.holds(Role.SUPERVISOR, here.path):
        return None
    units = _under(session, [here.path])
    tallies = store.tallies(session, [here.path], now)
    found = rules.sums(units, tallies)
    parts = [_row(part, found) for part in units if part.parent == here.id]
    above = people.unit(session, here.parent) if here.parent else None
    return {
        "title": here.name,
        "whole": found.get(here.id, Tally()),
        "rows": parts + (_own(here, tallies) if parts else []),
        "people": _people(session, here, now),
        "up": above.id if above and viewer.holds(Role.SUPERVISOR, above.path) else None,
        "up_name": above.name if above else "",
    }


def _under(session: Session, tops: list[str]) -> list[Unit]:
    return [one for one in people.units(session) if any(one.path.startswith(path) for path in tops)]


def _row(one: Unit, found: Mapping[int, Tally]) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "tally": found[one.id], "own": False}


def _own(one: Unit, tallies: Mapping[int, Tally]) -> list[dict[str, Any]]:
    """The people of a unit who belong to none of its parts, so that the rows come to the sum below them."""
    own = tallies.get(one.id, Tally())
    return [{"id": one.id, "name": one.name, "tally": own, "own": True}] if own.people or own.offered else []


def _people(session: Session, here: Unit, now: datetime) -> list[dict[str, Any]]:
    """Who works in this very unit, those who have not begun first. What they answered is nobody's business."""
    marks = store.marks_of(session, here.id, here.zone, now)
    rows = []
    for who in people.everyone(session, now, (here.path,)):
        if who.unit == here.id:
            kinds = marks.get(who.id, frozenset())
            away = people.deputy(session, who.id, now) is not None
            rows.append({"name": who.name, "post": who.post, "did": rules.did(kinds, away)})
    rows.sort(key=lambda row: (rules.DID.index(row["did"]), row["name"]))
    return rows[:MOST_PEOPLE]


PAGES = (
    Page("/desk", participation, "participation", "title_participation"),
    Page("/desk/units/{id:int}", unit, "unit", "title_unit", nav=False),
)
