"""The map of participation: unit x week, each share with its numbers; few people are veiled as on the first page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment import pages as today
from bot.assessment import rules
from bot.assessment import store as assessment
from bot.assessment.model import Tally
from bot.assessment.weeks import store
from bot.kit.room import Page
from bot.people import agreement
from bot.people import store as people
from bot.people.model import Role, Unit, Viewer

MOST = 60
MOST_COUNTED = 300
"""Of the week that is not over so many units are counted, the widest first."""
HR = ("hr",)


def heat(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The units that somebody may see, or the parts of one; None for a unit that they may not."""
    wished = str(query.get("unit", ""))
    here = people.unit(session, int(wished)) if wished.isascii() and wished.isdigit() and len(wished) < 10 else None
    if wished and (here is None or not today.sees(viewer, here.path)):
        return None
    led = viewer.paths(Role.SUPERVISOR)
    tops = [here.path] if here else rules.tops((*led, *viewer.paths(today.COUNTS)))
    found = [place for place in assessment.places(session, tops) if not place.closed]
    part = rules.opened(found, tops)
    units = assessment.named(session, part.kept)
    weeks = store.weeks(now.date())
    agreed = agreement.terms(session, today.TODAY)
    named = {
        unit.id for unit in units
        if viewer.holds(Role.SUPERVISOR, unit.path) and agreement.is_on(agreed, today.TODAY, unit.path)
    }  # fmt: skip
    widest = sorted(found, key=lambda place: (place.path.count("/"), place.name))
    counted = store.kept(session, part.counted_with, weeks[0])
    counted[weeks[-1]] = part.gathered(store.counted(session, widest[:MOST_COUNTED], weeks[-1]))
    columns = [_week(units, tops, counted.get(week, {}), named) for week in weeks]
    up = people.unit(session, here.parent) if here and here.parent else None
    divided = {place.parent for place in found}
    return {
        "weeks": [week.isoformat() for week in weeks], "running": weeks[-1].isoformat(),
        "rows": [
            {"id": unit.id, "name": unit.label, "parts": unit.id in divided,
             "cells": [_cell(column, unit) for column in columns]}
            for unit in rules.rows_under(units, tops)[:MOST]
        ],
        "here": here.label if here else "", "fewest": rules.FEWEST,
        "up": up.id if up and today.sees(viewer, up.path) else 0, "inside": here is not None,
    }  # fmt: skip


def _week(
    units: Sequence[Unit], tops: Sequence[str], own: Mapping[int, Tally], named: Collection[int]
) -> tuple[dict[int, Tally], set[int], set[int]]:
    """The sums of a week, what is veiled, and which units were not counted yet."""
    above, there = rules.nearest(units), set(own)
    for id in own:
        while id in above:
            id = above[id]
            there.add(id)
    sums, veiled = rules.sums(units, own), rules.veiled(units, own, tops)
    return (
        sums,
        {unit.id for unit in units if unit.id in veiled and unit.id not in named},
        {u.id for u in units} - there,
    )


def _cell(column: tuple[dict[int, Tally], set[int], set[int]], unit: Unit) -> dict[str, Any]:
    found, veiled, unknown = column
    tally = found[unit.id]
    if unit.id in veiled:
        return {"state": "veiled", "share": 0, "part": 0, "of": 0, "shade": 0}
    if unit.id in unknown or not tally.offered:
        return {"state": "none", "share": 0, "part": 0, "of": 0, "shade": 0}
    share = tally.took_part / tally.offered
    return {
        "state": "shown", "share": round(100 * share), "part": tally.took_part, "of": tally.offered,
        "shade": min(4, int(share * 4) + (share > 0)),
    }  # fmt: skip


PAGES = (Page("/desk/learning", heat, "heat", "title_heat", also=HR),)
