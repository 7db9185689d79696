"""What files of equipment and of the budget may name, and putting their rows in: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Role
from bot.people.tables import PersonRow, PlacementRow, PostRow
from bot.resources.budget import actions as budget
from bot.resources.budget import sheet as budget_sheet
from bot.resources.equipment import sheet as equipment_sheet
from bot.resources.equipment import stocking
from bot.resources.equipment.model import IMPORTED
from bot.resources.equipment.tables import EquipmentItemRow


def put_equipment(session: Session, by: int, entries: Sequence[equipment_sheet.Entry], now: datetime) -> int:
    """Puts items with their stock in; answers how many sizes they have."""
    for each in entries:
        stocking.put_item(session, by, each.item, each.counted, now)
    sizes = sum(len(each.counted) for each in entries)
    body = {"items": len(entries), "sizes": sizes}
    record(session, Fact(IMPORTED, f"equipment-import:{now.isoformat()}", now, by, body=body), now)
    return sizes


def put_budget(session: Session, by: int, entries: Sequence[budget_sheet.Entry], now: datetime) -> None:
    """Puts plans, limits and rates in. Refused where somebody would set a limit of their own rank."""
    for each in entries:
        if each.kind == "plan":
            budget.plan(
                session, by, each.unit, each.year, each.heading, each.currency, each.amount, now, each.alert_at
            )  # fmt: skip
        elif each.kind == "limit":
            budget.set_limit(session, by, each.unit, each.role, each.currency, each.amount, now)
        else:
            budget.set_rate(session, by, each.unit, each.post, each.currency, each.amount, now)


def equipment_known(session: Session, by: int, now: datetime) -> equipment_sheet.Known:
    """What a file may name: the units where somebody answers for safety, badges, codes that are others'."""
    viewer = people.viewer(session, by, now)
    assert viewer is not None
    units = {
        name: (unit.id, unit.path, unit.language)
        for name, unit in named_units(session).items()
        if viewer.holds(Role.SAFETY_OFFICER, unit.path)
    }
    working = session.execute(select(PersonRow.badge, PersonRow.id).where(PersonRow.left_on.is_(None)))
    badges = {row.badge: row.id for row in working}
    there = session.execute(select(EquipmentItemRow.code, EquipmentItemRow.path)).all()
    taken = {code for code, path in there if not viewer.holds(Role.SAFETY_OFFICER, path)}
    return equipment_sheet.Known(units, badges, frozenset(taken))


def budget_known(session: Session, by: int, now: datetime) -> budget_sheet.Known:
    """What a file may name: the units that somebody manages, and the posts there are."""
    viewer = people.viewer(session, by, now)
    assert viewer is not None
    units = {name: unit.id for name, unit in named_units(session).items() if viewer.holds(Role.MANAGER, unit.path)}
    posts = {*session.scalars(select(PostRow.code)), *session.scalars(select(PlacementRow.post).distinct())}
    return budget_sheet.Known(units, frozenset(posts))
