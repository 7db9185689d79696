"""The sample company's budget and store, for the demo: put in by its own manager, like any file."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.library.intake import Read
from bot.library.shipped import content_path
from bot.people.importing.files import table_of
from bot.people.importing.problems import Problems
from bot.resources.budget import sheet as budget_sheet
from bot.resources.budget.tables import BudgetLineRow
from bot.resources.equipment import sheet as equipment_sheet
from bot.resources.putting import budget_known, equipment_known, put_budget, put_equipment


def load_sample(session: Session, by: int, now: datetime) -> int:
    """Puts the sample's budget (for this year) and equipment in where there is none yet; answers how many rows.

    Raises ValueError on a mistake in the files.
    """
    if session.scalar(select(BudgetLineRow.id).limit(1)) is not None:
        return 0
    equipment = _read("equipment.csv", equipment_sheet, equipment_known(session, by, now))
    budget = _read("budget.csv", budget_sheet, budget_known(session, by, now))
    put_equipment(session, by, equipment.entries, now)
    put_budget(session, by, [replace(each, year=now.year) if each.year else each for each in budget.entries], now)
    return len(equipment.entries) + len(budget.entries)


def _read(name: str, sheet: Any, known: Any) -> Read:
    problems = Problems(name)
    table = table_of(name, (content_path() / "sample" / name).read_bytes(), sheet.NEEDED, sheet.MAY, problems)
    found: Read = sheet.checked(table, known)
    if problems or found.wrong:
        raise ValueError("\n".join([*map(str, problems.found), *map(str, found.wrong[:3])]))
    return found
