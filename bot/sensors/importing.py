"""Sensors from a table: read, checked, and written as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES, SOURCE
from bot.people.company import named_units
from bot.people.importing.company import CODE
from bot.people.importing.files import Cell, Record, read_table
from bot.people.importing.problems import Problems, meant
from bot.people.tables import PlaceRow
from bot.sensors.model import MEASURES, Limits
from bot.sensors.rules import wrong_limits
from bot.sensors.tables import SensorRow

NEEDED = ("sensor", "name", "unit", "measures", "symbol")
VALUES = ("warn_low", "warn_high", "alarm_low", "alarm_high", "back")
TIMES = {"hold_seconds": 1, "calm_minutes": 60, "silent_minutes": 60}
NAMES = tuple(f"name:{lang}" for lang in LANGUAGES if lang != SOURCE)
MAY = ("place", "topic", "closed", *VALUES, *TIMES, *NAMES)
WRONG = {
    "nothing": "has no limit and no silent_minutes: it could never say anything",
    "order": "limits must rise from alarm_low over warn_low and warn_high to alarm_high",
    "back": "'back' leaves no room between the limits, or is below zero",
}
YES, NO = frozenset({"yes", "1", "true"}), frozenset({"", "no", "0", "false"})


@dataclass(frozen=True)
class Entry:
    """A sensor as its row has it."""

    values: Mapping[str, Any]
    limits: Limits
    closed: bool


def read_sensors(path: Path, units: Mapping[str, int], places: Mapping[str, int], problems: Problems) -> list[Entry]:
    """The sensors of a file; `units` maps names from the site down to ids, `places` codes. What is wrong is noted."""
    found: dict[str, Entry] = {}
    for record in read_table(path, NEEDED, MAY, problems).records:
        code = record["sensor"]
        if not CODE.fullmatch(code.text):
            problems.note(code.place, f"{code.text!r} is no code: up to 40 of letters, digits, '-', '_', '.'")
        elif code.text in found:
            problems.note(code.place, f"the sensor {code.text!r} has a row already")
        else:
            found[code.text] = _entry(record, units, places, problems)
    return list(found.values())


def _entry(record: Record, units: Mapping[str, int], places: Mapping[str, int], problems: Problems) -> Entry:
    unit, place, measures, closed = (record[name] for name in ("unit", "place", "measures", "closed"))
    if unit.text not in units:
        problems.note(unit.place, f"there is no unit {unit.text!r}{meant(unit.text, units)}")
    if place.text and place.text not in places:
        problems.note(place.place, f"there is no place {place.text!r}{meant(place.text, places)}")
    if measures.text not in MEASURES:
        problems.note(measures.place, f"{measures.text!r} is none of {', '.join(MEASURES)}")
    if closed.text.casefold() not in YES | NO:
        problems.note(closed.place, f"{closed.text!r}: write yes where the sensor is gone, else leave it empty")
    numbers = {name: _number(record[name], problems) for name in VALUES}
    times = {name: _time(record[name], each, problems) for name, each in TIMES.items()}
    limits = Limits(
        warn_low=numbers["warn_low"],
        warn_high=numbers["warn_high"],
        alarm_low=numbers["alarm_low"],
        alarm_high=numbers["alarm_high"],
        back=numbers["back"] or 0.0,
        hold=times["hold_seconds"] or timedelta(0),
        calm=times["calm_minutes"] or Limits().calm,
        silent=times["silent_minutes"],
    )
    wrong = wrong_limits(limits)
    if wrong is not None:
        problems.note(record.place, f"{record['sensor'].text}: {WRONG[wrong]}")
    names = {SOURCE: record["name"].text} | {n[5:]: record[n].text for n in NAMES if record[n].text}
    values = {
        "code": record["sensor"].text, "names": names, "unit_id": units.get(unit.text),
        "place_id": places.get(place.text), "measures": measures.text, "symbol": record["symbol"].text[:16],
        "topic": record["topic"].text or None,
    }  # fmt: skip
    return Entry(values, limits, closed.text.casefold() in YES)


def _number(cell: Cell, problems: Problems) -> float | None:
    if not cell.text:
        return None
    try:
        value = float(cell.text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if abs(value) < 1e12:
        return value
    problems.note(cell.place, f"{cell.text!r} is no number: write it like 19.5")
    return None


def _time(cell: Cell, each: int, problems: Problems) -> timedelta | None:
    if not cell.text:
        return None
    if cell.text.isdigit() and int(cell.text) <= 100_000:
        return timedelta(seconds=int(cell.text) * each)
    problems.note(cell.place, f"{cell.text!r} is no whole number")
    return None


def import_sensors(session: Session, path: Path, now: datetime, problems: Problems) -> int:
    """Reads a file and writes its sensors, over those with the same codes; answers how many. With problems nothing is written."""
    units = {name: unit.id for name, unit in named_units(session).items()}
    rows = session.execute(select(PlaceRow.code, PlaceRow.id).where(PlaceRow.closed_at.is_(None)))
    entries = read_sensors(path, units, {row.code: row.id for row in rows}, problems)
    if problems:
        return 0
    known = {row.code: row for row in session.scalars(select(SensorRow))}
    for entry in entries:
        row = known.get(entry.values["code"]) or SensorRow(code=entry.values["code"])
        for name, value in {**entry.values, **_columns(entry.limits)}.items():
            setattr(row, name, value)
        row.closed_at = (row.closed_at or now) if entry.closed else None
        session.add(row)
    session.flush()
    return len(entries)


def _columns(limits: Limits) -> dict[str, Any]:
    return {
        "warn_low": limits.warn_low, "warn_high": limits.warn_high, "alarm_low": limits.alarm_low,
        "alarm_high": limits.alarm_high, "back": limits.back, "hold_s": round(limits.hold.total_seconds()),
        "calm_s": round(limits.calm.total_seconds()),
        "silent_s": None if limits.silent is None else round(limits.silent.total_seconds()),
    }  # fmt: skip
