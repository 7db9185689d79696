"""What falls due: pieces to inspect and pieces that expire; requests that nobody has answered; people who have left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.kit.room import Tick
from bot.ledger.actions import record
from bot.ledger.model import Fact, Subscription
from bot.resources.equipment import stocking, store, telling
from bot.resources.equipment.model import DUE, Piece, State
from bot.resources.equipment.tables import EquipmentPieceRow, EquipmentRequestRow

SLICE = 20
PATIENCE = timedelta(hours=24)


def remind_holders(session: Session, now: datetime) -> bool:
    """Once a day that falls due: whoever wears a piece hears that it expires, or is to be inspected."""
    expiring = store.expiring(session, now.date(), SLICE)
    for each in expiring:
        _told(session, each, "expiring", now)
    inspect = store.to_inspect(session, now.date(), SLICE)
    for each in inspect:
        _told(session, each, "inspection", now)
    return len(expiring) == SLICE or len(inspect) == SLICE


def _told(session: Session, found: Piece, what: str, now: datetime) -> None:
    on = found.expires_on if what == "expiring" else found.inspect_on
    column = EquipmentPieceRow.expiry_told_for if what == "expiring" else EquipmentPieceRow.inspect_told_for
    item = store.item(session, found.item)
    assert item is not None
    assert on is not None
    which = (EquipmentPieceRow.id == found.id, column.is_distinct_from(on))
    if changed(session, update(EquipmentPieceRow).where(*which).values({column.key: on})) != 1:
        return
    days = (on - now.date()).days
    body = {"piece": found.id, "item": item.id, "unit": item.unit, "what": what, "days": days}
    record(session, Fact(DUE, f"equipment-piece:{found.id}:{what}:{on}", now, found.person, body=body), now)
    telling.falls_due(session, found, item, what, now)


def ask_again(session: Session, now: datetime) -> bool:
    """Brings up once more what a storekeeper has left for a day: nobody should have to work without."""
    found = store.unanswered(session, now - PATIENCE, SLICE)
    for each in found:
        which = (EquipmentRequestRow.id == each.id, EquipmentRequestRow.reminded_at.is_(None))
        item = store.item(session, each.item)
        if (
            changed(session, update(EquipmentRequestRow).where(*which).values(reminded_at=now)) == 1
            and item is not None
        ):
            telling.wanted(session, each, item, f"reminded:{now.isoformat()}", now)
    return len(found) == SLICE


def forget_requests(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft: nothing is handed over to them any more. What they hold is listed to be given back."""
    for each in store.open_of(session, payload["person"]) if payload["person"] is not None else ():
        which = (EquipmentRequestRow.id == each.id, EquipmentRequestRow.state == each.state.value)
        values = {"state": State.WITHDRAWN.value, "open_key": None, "settled_at": now}
        item = store.item(session, each.item)
        if changed(session, update(EquipmentRequestRow).where(*which).values(**values)) != 1 or item is None:
            continue
        if each.state is State.HANDED:
            stocking.put_back(session, item, each.size)


TICKS = (
    Tick("resources.equipment.remind_holders", remind_holders, 600),
    Tick("resources.equipment.ask_again", ask_again, 600),
)
SUBSCRIPTIONS = (Subscription("PersonLeft", "resources.equipment", forget_requests),)
