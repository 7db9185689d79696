"""Stock by size. It changes by conditional update alone, so that two storekeepers never hand out the last piece twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Role
from bot.resources.equipment import rules, store, telling
from bot.resources.equipment.model import LOW, STOCKED, Item
from bot.resources.equipment.tables import EquipmentItemRow, EquipmentStockRow


def take(session: Session, item: Item, size: str, now: datetime, by: int) -> int:
    """One piece less; answers how many are left. Refused where none is there."""
    here = (EquipmentStockRow.item_id == item.id, EquipmentStockRow.size == size)
    less = update(EquipmentStockRow).where(*here, EquipmentStockRow.count > 0)
    if changed(session, less.values(count=EquipmentStockRow.count - 1)) != 1:
        raise Refused("resources.equipment.none_left", size=size)
    left = session.scalar(select(EquipmentStockRow.count).where(*here)) or 0
    if rules.becomes_low(left, item.low):
        body = {"item": item.id, "unit": item.unit, "left": left}
        record(
            session, Fact(LOW, f"equipment-low:{item.id}:{size}:{now.isoformat()}", now, unit=item.unit, body=body), now
        )
        telling.low(session, item, size, left, by, now)
    return left


def put_back(session: Session, item: Item, size: str) -> None:
    """One piece more: it was taken for somebody who did not get it."""
    _add(session, item.id, size, 1)


def take_in(session: Session, by: int, key: str, item: int, size: str, count: int, now: datetime) -> int:
    """So many pieces came into the store, once a key; answers how many lie there. Refused: to others than who keeps it."""
    found = store.item(session, item)
    if found is None or not store.may_keep(people.viewer(session, by, now), found):
        raise Refused("resources.equipment.only_keepers")
    if size not in found.sizes or not 0 < count <= rules.MOST_STOCK:
        raise Refused("resources.bad_number", most=rules.MOST_STOCK)
    body = {"item": item, "unit": found.unit, "added": count}
    if record(session, Fact(STOCKED, f"equipment-stock:{key}", now, by, body=body), now):
        _add(session, item, size, count)
    return store.stock(session, [item])[item].get(size, 0)


def put_item(session: Session, by: int, made: Item, counted: Mapping[str, int], now: datetime) -> int:
    """A kind of equipment with its stock as it was counted, new or changed; answers its number.

    Refused: outside the units where they answer for safety, and an item of another unit.
    """
    unit = people.unit(session, made.unit)
    if unit is None or not speaking.holds(session, by, Role.SAFETY_OFFICER, unit.path, now):
        raise Refused("resources.not_yours")
    values = {
        "code": made.code, "unit_id": unit.id, "path": unit.path, "names": dict(made.names), "sizes": list(made.sizes),
        "keeper_id": made.keeper, "inspect_days": made.inspect_days, "life_days": made.life_days, "low": made.low,
    }  # fmt: skip
    id = insert_once(session, EquipmentItemRow, values, "code")
    if id is None:
        row = session.execute(select(EquipmentItemRow.id, EquipmentItemRow.path).filter_by(code=made.code)).one()
        if not speaking.holds(session, by, Role.SAFETY_OFFICER, row.path, now):
            raise Refused("resources.not_yours")
        id = row.id
        session.execute(update(EquipmentItemRow).where(EquipmentItemRow.id == id).values(**values))
    for size, count in counted.items():
        if insert_once(session, EquipmentStockRow, {"item_id": id, "size": size, "count": count}) is None:
            which = (EquipmentStockRow.item_id == id, EquipmentStockRow.size == size)
            session.execute(update(EquipmentStockRow).where(*which).values(count=count))
    return int(id)


def _add(session: Session, item: int, size: str, count: int) -> None:
    if insert_once(session, EquipmentStockRow, {"item_id": item, "size": size, "count": count}) is None:
        which = (EquipmentStockRow.item_id == item, EquipmentStockRow.size == size)
        session.execute(update(EquipmentStockRow).where(*which).values(count=EquipmentStockRow.count + count))
