"""Public holidays, and days that are worked in their place. Reading and comparing are pure; `apply_calendar` writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from bot.db.once import upsert_many
from bot.people.importing.files import Table, day
from bot.people.importing.problems import Problems, meant
from bot.people.tables import SpecialDayRow

NEEDED, MAY = ("unit", "date"), ("name", "works")
YES, NO = frozenset({"yes", "sí", "si", "是", "نعم", "1", "true"}), frozenset({"", "no", "否", "لا", "0", "false"})


class SpecialDay(NamedTuple):
    """A date that is no usual one in a unit and all below it: a holiday, or a day off that is worked (`works`)."""

    unit: int
    on: date
    works: bool
    name: str


def read_calendar(table: Table, units: Mapping[str, int], problems: Problems) -> list[SpecialDay]:
    """The days of a file; `units` maps names from the site down (the company by its own) to ids."""
    found: dict[tuple[int, date], SpecialDay] = {}
    for record in table.records:
        where, cell, works = record["unit"], record["date"], record["works"]
        unit, on = units.get(where.text), day(cell.text)
        if unit is None:
            problems.note(where.place, f"there is no unit {where.text!r}{meant(where.text, units)}")
        if on is None:
            problems.note(cell.place, f"{cell.text!r} is no day: write YYYY-MM-DD")
        if works.text.casefold() not in YES | NO:
            problems.note(works.place, f"{works.text!r}: write yes where the day is worked, else leave it empty")
        if unit is None or on is None:
            continue
        if (unit, on) in found:
            problems.note(where.place, f"{where.text} has a row for {on} already")
        found[unit, on] = SpecialDay(unit, on, works.text.casefold() in YES, record["name"].text[:80])
    return [] if problems else list(found.values())


def apply_calendar(session: Session, days: list[SpecialDay]) -> int:
    """Writes days over what was there for those units and dates; answers how many."""
    rows = [{"unit_id": each.unit, "on_date": each.on, "works": each.works, "name": each.name} for each in days]
    upsert_many(session, SpecialDayRow, rows)
    return len(rows)
