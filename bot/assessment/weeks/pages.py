"""The map of participation: unit x week, each share with its numbers; few people are veiled as on the first page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment import pages as today
from bot.assessment import rules
from bot.assessment.model import Tally
from bot.assessment.weeks import store
from bot.kit.room import Page
from bot.people import agreement
from bot.people import store as people
from bot.people.model import Role, Unit, Viewer

MOST = 60
HR = ("hr",)


def heat(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The units that somebody may see, or the parts of one; None for a unit that they may not."""
    wished = str(query.get("unit", ""))
    here = people.unit(session, int(wished)) if wished.isascii() and wished.isdigit() and len(wished) < 10 else None
    if wished and (here is None or not today.sees(viewer, here.path)):
        return None
    led = viewer.paths(Role.SUPERVISOR)
    tops = [here.path] if here else rules.tops((*led, *viewer.paths(today.COUNTS)))
    units = [unit for unit in people.units(session) if any(unit.path.startswith(path) for path in tops)]
    shown = rules.rows_under(units, tops)[:MOST]
    weeks = store.weeks(now.date())
    agreed = agreement.terms(session, today.TODAY)
    named = {
        unit.id for unit in units
        if viewer.holds(Role.SUPERVISOR, unit.path) and agreement.is_on(agreed, today.TODAY, unit.path)
    }  # fmt: skip
    columns = [_week(session, units, tops, week, named, now) for week in weeks]
    up = people.unit(session, here.parent) if here and here.parent else None
    return {
        "weeks": [week.isoformat() for week in weeks], "running": weeks[-1].isoformat(),
        "rows": [
            {"id": unit.id, "name": unit.label, "parts": any(each.parent == unit.id for each in units),
             "cells": [_cell(column, unit) for column in columns]}
            for unit in shown
        ],
        "here": here.label if here else "", "fewest": rules.FEWEST,
        "up": up.id if up and today.sees(viewer, up.path) else 0, "inside": here is not None,
    }  # fmt: skip


def _week(
    session: Session, units: list[Unit], tops: list[str], week: date, named: set[int], now: datetime
) -> tuple[dict[int, Tally], set[int], set[int]]:
    """The sums of a week, what is veiled, and which units were not counted yet."""
    own = store.kept(session, [unit.id for unit in units], week).get(week, {})
    if week == store.week_of(now.date()):
        own = {unit.id: store.counted(session, unit, week) for unit in units[:300]}
    veiled = {unit.id for unit in units if unit.id in rules.veiled(units, own, tops)} - named
    there = {unit.id for unit in units if any(part.id in own for part in units if part.path.startswith(unit.path))}
    return rules.sums(units, own), veiled, {unit.id for unit in units} - there


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
