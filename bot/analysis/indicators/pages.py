"""Indicators on the dashboard: charts with a table each, and the rows behind every number. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.analysis.indicators import reading, rules, store
from bot.analysis.indicators.model import LAGGING, MOST_ROWS, SHARES, Series, What
from bot.analysis.indicators.store import Row
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Role, Unit, Viewer


def indicators(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The last twelve months of the units that somebody answers for, or of one that they chose."""
    chosen = _number(query.get("unit"))
    found = reading.year(session, viewer, now, chosen)
    if found is None:
        return None
    places = store.places(session, [id for id, _ in found.heat.places if id])
    most = found.heat.most
    return {
        "unit": chosen, "units": [unit.label for unit in found.units], "parts": _parts(session, found.units),
        "series": [_series(each) for each in found.series],
        "pareto": [
            {"category": b.category, "n": b.n, "up": round(b.up_to * sum(each.n for each in found.pareto))} for b in found.pareto
        ],
        "bars": _bars([(b.n, b.up_to) for b in found.pareto]), "total": sum(b.n for b in found.pareto),
        "heat": [
            {"place": id, "name": _place(places[id]) if id in places else "", "cells": [
                {"category": c, "n": found.heat.cells.get((id, c), 0), "shade": rules.shade(found.heat.cells.get((id, c), 0), most)}
                for c in found.heat.categories
            ]}
            for id, _ in found.heat.places
        ],
        "categories": list(found.heat.categories),
        "first": f"{found.months[0]:%Y-%m}", "last": f"{found.months[-1]:%Y-%m}",
    }  # fmt: skip


def _parts(session: Session, units: Sequence[Unit]) -> list[dict[str, Any]]:
    """The units right below, to look closer."""
    return [{"id": unit.id, "name": unit.label} for unit in people.parts_of(session, (unit.id for unit in units))]


def _place(row: Any) -> Any:
    return {**(row.names or {}), "en": row.name} if row.names else row.name


def _series(found: Series) -> dict[str, Any]:
    return {
        "what": found.what.value, "lags": found.what in LAGGING, "share": found.what in SHARES, "columns": rules.columns(found),
        "points": [
            {"month": f"{p.first:%Y-%m}", "on": p.first.isoformat(), "n": p.n, "share": p.share,
             "of": (p.of or 0) if found.what in SHARES else None}
            for p in found.points
        ],
    }  # fmt: skip


def _bars(found: Sequence[tuple[int, float]]) -> dict[str, Any]:
    """A Pareto chart's columns and the line of what they come to together."""
    step, total = rules.WIDTH / max(len(found), 1), sum(n for n, _ in found) or 1
    columns, line = [], []
    for at, (n, up_to) in enumerate(found):
        tall = rules.HEIGHT * n / total
        columns.append(
            (round(at * step + step * 0.12, 1), round(rules.HEIGHT - tall, 1), round(step * 0.76, 1), round(tall, 1))
        )
        line.append(f"{at * step + step / 2:.1f},{rules.HEIGHT * (1 - up_to):.1f}")
    return {"columns": columns, "line": " ".join(line)}


def rows(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The rows behind one number: of an indicator in a month, of a category, of a place."""
    units = reading.units_of(session, viewer, _number(query.get("unit")))
    first, last = _months(query)
    if not units or first is None or last is None:
        return None
    seen = reading.scope(viewer, units, first, last, now)
    what = str(query.get("what", ""))
    if what == "found":
        place, category = query.get("place"), query.get("category")
        wanted = _categories(session, viewer, str(category), now, units) if category else None
        found = store.found_rows(session, seen, _number(place) if place is not None else None, wanted)
    elif what in {each.value for each in What}:
        if what == What.HURT.value and not viewer.anywhere(Role.SAFETY_OFFICER):
            return None
        found = store.rows(session, What(what), seen)
    else:
        return None
    known = {unit.id: unit for unit in people.units(session)}
    places = store.places(session, [row.place for row in found if row.place])
    return {
        "what": what, "first": first.isoformat(), "last": last.isoformat(), "units": [unit.label for unit in units],
        "category": str(query.get("category", "")), "rows": [_row(row, known, places) for row in found],
        "more": len(found) == MOST_ROWS, "back": _number(query.get("unit")), "hurt": what == What.HURT.value,
    }  # fmt: skip


def _categories(session: Session, viewer: Viewer, category: str, now: datetime, units: list[Unit]) -> list[str]:
    """A category; of the rarest together all that are in no bar of their own."""
    if category != rules.OTHERS:
        return [category[:12]]
    months = rules.months(now.date(), 12)
    where = store.found_where(session, reading.scope(viewer, units, months[0], months[-1], now))
    counted: dict[str, int] = {}
    for (_, each), n in where.items():
        counted[each] = counted.get(each, 0) + n
    alone = {bar.category for bar in rules.pareto(counted)}
    return [each for each in counted if each not in alone]


def _row(row: Row, units: Mapping[int, Unit], places: Mapping[int, Any]) -> dict[str, Any]:
    return {
        "at": row.at.isoformat() if row.at else "", "unit": units[row.unit].label if row.unit in units else "", "id": row.unit,
        "place": _place(places[row.place]) if row.place and row.place in places else "", "number": row.number,
        "category": row.category,
        "good": row.good, "n": row.n, "of": row.of,
    }  # fmt: skip


def _months(query: Mapping[str, Any]) -> tuple[date | None, date | None]:
    month = rules.read_month(str(query.get("month", "")))
    if month is not None:
        return month, month
    first, last = rules.read_month(str(query.get("first", ""))), rules.read_month(str(query.get("last", "")))
    return (first, last) if first is not None and last is not None and first <= last else (None, None)


def _number(words: Any) -> int:
    said = str(words or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


PAGES = (
    Page("/desk/indicators", indicators, "indicators", "title_indicators", guests=True),
    Page("/desk/indicators/rows", rows, "rows", "title_rows", nav=False),
)
