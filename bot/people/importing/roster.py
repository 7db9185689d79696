"""Rosters: who works which shift on which day. Reading and comparing are pure; `apply_roster` writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from bot.people.importing.files import Table, day
from bot.people.importing.problems import Problems, meant
from bot.people.tables import RosterRow

NEEDED, MAY = ("badge", "date"), ("shift",)
OFF = frozenset({"", "off", "-", "休", "休息", "libre", "راحة", "عطلة", "إجازة"})
Roster = dict[tuple[int, date], str | None]


def read_roster(table: Table, people: Mapping[str, int], shifts: frozenset[str], problems: Problems) -> Roster:
    """Shift by person and day; `people` maps badges in small letters to ids.

    Who is in the file is off on every day between its first and its last that is not listed for them; who is not in
    it keeps their usual shift.
    """
    found: Roster = {}
    for record in table.records:
        badge, cell = record["badge"], record["shift"]
        person = people.get(badge.text.lower())
        if person is None:
            problems.note(badge.place, f"nobody who works here has badge {badge.text!r}{meant(badge.text, people)}")
        shift = None if cell.text.lower() in OFF else cell.text
        if shift is not None and shift not in shifts:
            problems.note(cell.place, f"there is no shift {shift!r}{meant(shift, shifts)}")
        on = day(record["date"].text)
        if on is None:
            problems.note(record["date"].place, f"{record['date'].text!r} is no day: write YYYY-MM-DD")
        if person is None or on is None:
            continue
        if (person, on) in found:
            problems.note(badge.place, f"{badge.text} has a row for {on} already")
        found[person, on] = shift
    return {} if problems else _with_days_off(found)


def apply_roster(session: Session, roster: Roster) -> int:
    """Writes a roster over what was there for those people and days; answers how many days."""
    if not roster:
        return 0
    days = [day for _, day in roster]
    persons = sorted({person for person, _ in roster})
    for at in range(0, len(persons), 500):
        some = persons[at : at + 500]
        session.execute(
            delete(RosterRow).where(RosterRow.person_id.in_(some), RosterRow.on_date.between(min(days), max(days)))
        )
    rows = [{"person_id": person, "on_date": day, "shift": shift} for (person, day), shift in roster.items()]
    session.execute(insert(RosterRow), rows)
    return len(rows)


def _with_days_off(found: Roster) -> Roster:
    if not found:
        return found
    days = [day for _, day in found]
    first, last = min(days), max(days)
    for person in {person for person, _ in found}:
        for back in range((last - first).days + 1):
            found.setdefault((person, first + timedelta(days=back)), None)
    return found
