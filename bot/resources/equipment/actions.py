"""Asking for equipment, handing it over, signing for it, reporting it damaged. Each in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import store as people
from bot.resources.equipment import rules, stocking, store, telling
from bot.resources.equipment.model import (
    ASKED,
    DAMAGED,
    HANDED,
    INSPECTED,
    ISSUED,
    NOT_GOT,
    REFUSED,
    REPLACED,
    RETURNED,
    Held,
    Item,
    Piece,
    Request,
    State,
    Why,
)
from bot.resources.equipment.tables import EquipmentPieceRow, EquipmentRequestRow


def ask(session: Session, by: int, item: int, size: str, now: datetime, old: Piece | None = None) -> Request:
    """Somebody needs a piece; its storekeeper is told. Refused: what is in no store of theirs, and asking twice."""
    who, found = people.person(session, by, now), store.item(session, item)
    if who is None or found is None or not who.path.startswith(found.path) or size not in found.sizes:
        raise Refused("resources.changed_meanwhile")
    why = Why.NEW if old is None else (Why.DAMAGED if old.state is Held.DAMAGED else Why.EXPIRING)
    key = f"{by}:{item}" if old is None else f"{by}:piece:{old.id}"
    values = {
        "open_key": key, "item_id": item, "person_id": by, "size": size, "why": why.value,
        "old_id": old.id if old else None, "state": State.ASKED.value, "asked_at": now, "reason": "",
    }  # fmt: skip
    id = insert_once(session, EquipmentRequestRow, values, "open_key")
    if id is None:
        raise Refused("resources.equipment.asked_before")
    made = store.request(session, id)
    assert made is not None
    _record(session, ASKED, made, found, f"equipment:{id}", by, now)
    telling.wanted(session, made, found, "asked", now)
    return made


def hand_over(session: Session, by: int, id: int, now: datetime) -> None:
    """Takes a piece from stock for somebody, who is asked to sign. Refused: to others, one's own, and where none is left."""
    found, item = _kept(session, by, id, now)
    if found.person == by:
        raise Refused("resources.equipment.not_to_oneself")
    which = (EquipmentRequestRow.id == id, EquipmentRequestRow.state == State.ASKED.value)
    values = {"state": State.HANDED.value, "handed_by": by, "handed_at": now}
    if changed(session, update(EquipmentRequestRow).where(*which).values(**values)) != 1:
        raise Refused("resources.changed_meanwhile")
    stocking.take(session, item, found.size, now, by)
    hours = int((now - found.asked_at).total_seconds() // 3600)
    _record(session, HANDED, found, item, f"equipment:{id}:handed:{now.isoformat()}", found.person, now, hours=hours)
    telling.to_sign(session, found, item, by, now)


def sign(session: Session, by: int, id: int, now: datetime) -> Piece:
    """Whoever got it signs for it by pressing. What it replaces is over. Refused: to everybody else, and the second time."""
    found, item = _mine(session, by, id)
    _settle(session, found, State.HANDED, State.ISSUED, now)
    who = people.person(session, by, now)
    inspect, expires = rules.dates(item, people.today_of(who, now) if who is not None else now.date())
    values = {
        "request_id": id, "item_id": item.id, "person_id": by, "size": found.size, "state": Held.HELD.value,
        "signed_at": now, "inspect_on": inspect, "expires_on": expires,
    }  # fmt: skip
    made = insert_once(session, EquipmentPieceRow, values, "request_id")
    piece = store.piece(session, made)
    assert piece is not None
    _record(session, ISSUED, found, item, f"equipment:{id}:issued", by, now, piece=made)
    if found.old is not None and _move(session, found.old, by, (Held.HELD, Held.DAMAGED), Held.REPLACED, now):
        body = {"piece": found.old, "item": item.id, "unit": item.unit, "by": made}
        record(session, Fact(REPLACED, f"equipment-piece:{found.old}:replaced", now, by, body=body), now)
    return piece


def not_got(session: Session, by: int, id: int, now: datetime) -> None:
    """They did not get it: it lies in the store again, and the request waits again."""
    found, item = _mine(session, by, id)
    which = (EquipmentRequestRow.id == id, EquipmentRequestRow.state == State.HANDED.value)
    values = {"state": State.ASKED.value, "handed_by": None, "handed_at": None, "reminded_at": None}
    if changed(session, update(EquipmentRequestRow).where(*which).values(**values)) != 1:
        raise Refused("resources.changed_meanwhile")
    stocking.put_back(session, item, found.size)
    _record(session, NOT_GOT, found, item, f"equipment:{id}:not-got:{now.isoformat()}", by, now)
    telling.wanted(session, found, item, f"again:{now.isoformat()}", now)


def refuse(session: Session, by: int, id: int, reason: str, now: datetime) -> None:
    """It is not given, for a reason that whoever asked reads."""
    found, item = _kept(session, by, id, now)
    if found.person == by:
        raise Refused("resources.equipment.not_to_oneself")
    _settle(session, found, State.ASKED, State.REFUSED, now, reason=reason[:300])
    _record(session, REFUSED, found, item, f"equipment:{id}:refused", found.person, now)
    telling.refused(session, found, item, by, reason[:300], now)


def withdraw(session: Session, by: int, id: int, now: datetime) -> None:
    """Whoever asked does not need it any more. What was handed over is to be signed for, or said not to have come."""
    found, _ = _mine(session, by, id)
    _settle(session, found, State.ASKED, State.WITHDRAWN, now)


def report_damaged(session: Session, by: int, id: int, now: datetime) -> Request:
    """A piece is damaged: it is not used any more, and another is asked for in the same size."""
    found, item = _piece(session, by, id)
    if not _move(session, id, by, (Held.HELD,), Held.DAMAGED, now):
        raise Refused("resources.equipment.asked_before")
    body = {"piece": id, "item": item.id, "unit": item.unit}
    record(session, Fact(DAMAGED, f"equipment-piece:{id}:damaged", now, by, body=body), now)
    # a request because it expires may be open for it: it stands, now for a damaged piece
    open_key = f"{by}:piece:{id}"
    mine = update(EquipmentRequestRow).where(EquipmentRequestRow.open_key == open_key)
    if changed(session, mine.values(why=Why.DAMAGED.value)) == 1:
        row = session.query(EquipmentRequestRow).filter_by(open_key=open_key).one()
        return store.as_request(row)
    damaged = store.piece(session, id)
    assert damaged is not None
    return ask(session, by, item.id, found.size if found.size in item.sizes else item.sizes[0], now, damaged)


def renew(session: Session, by: int, id: int, now: datetime) -> Request:
    """Another piece in the place of one that expires."""
    found, item = _piece(session, by, id)
    if found.state is not Held.HELD:
        raise Refused("resources.changed_meanwhile")
    return ask(session, by, item.id, found.size if found.size in item.sizes else item.sizes[0], now, found)


def inspected(session: Session, by: int, id: int, now: datetime) -> Piece:
    """A piece was looked at and is in order until the next time."""
    found, item = _piece(session, by, id)
    who = people.person(session, by, now)
    inspect, _ = rules.dates(item, people.today_of(who, now) if who is not None else now.date())
    which = (EquipmentPieceRow.id == id, store.HELD, EquipmentPieceRow.inspect_on == found.inspect_on)
    if (
        found.inspect_on is None
        or changed(session, update(EquipmentPieceRow).where(*which).values(inspect_on=inspect)) != 1
    ):
        raise Refused("resources.changed_meanwhile")
    body = {"piece": id, "item": item.id, "unit": item.unit}
    record(session, Fact(INSPECTED, f"equipment-piece:{id}:inspected:{now.isoformat()}", now, by, body=body), now)
    again = store.piece(session, id)
    assert again is not None
    return again


def give_back(session: Session, by: int, id: int, now: datetime) -> None:
    """Its storekeeper has a piece back. It does not go into stock: somebody has worn it."""
    found = store.piece(session, id)
    item = store.item(session, found.item) if found is not None else None
    if found is None or item is None or not store.may_keep(people.viewer(session, by, now), item):
        raise Refused("resources.equipment.only_keepers")
    if not _move(session, id, found.person, (Held.HELD, Held.DAMAGED), Held.RETURNED, now):
        raise Refused("resources.changed_meanwhile")
    body = {"piece": id, "item": item.id, "unit": item.unit}
    record(session, Fact(RETURNED, f"equipment-piece:{id}:returned", now, found.person, body=body), now)


# --- within -----------------------------------------------------------------------------------------------------------


def _kept(session: Session, by: int, id: int, now: datetime) -> tuple[Request, Item]:
    found = store.request(session, id)
    item = store.item(session, found.item) if found is not None else None
    if found is None or item is None or not store.may_keep(people.viewer(session, by, now), item):
        raise Refused("resources.equipment.only_keepers")
    return found, item


def _mine(session: Session, by: int, id: int) -> tuple[Request, Item]:
    found = store.request(session, id)
    item = store.item(session, found.item) if found is not None else None
    if found is None or item is None or found.person != by:
        raise Refused("resources.equipment.only_holder")
    return found, item


def _piece(session: Session, by: int, id: int) -> tuple[Piece, Item]:
    found = store.piece(session, id)
    item = store.item(session, found.item) if found is not None else None
    if found is None or item is None or found.person != by:
        raise Refused("resources.equipment.only_holder")
    return found, item


def _settle(session: Session, found: Request, before: State, after: State, now: datetime, **more: Any) -> None:
    which = (EquipmentRequestRow.id == found.id, EquipmentRequestRow.state == before.value)
    values = {"state": after.value, "open_key": None, "settled_at": now, **more}
    if changed(session, update(EquipmentRequestRow).where(*which).values(**values)) != 1:
        raise Refused("resources.changed_meanwhile")


def _move(session: Session, id: int, holder: int, before: tuple[Held, ...], after: Held, now: datetime) -> bool:
    which = (
        EquipmentPieceRow.id == id, EquipmentPieceRow.person_id == holder,
        EquipmentPieceRow.state.in_([each.value for each in before]),
    )  # fmt: skip
    ended = None if after is Held.DAMAGED else now
    return changed(session, update(EquipmentPieceRow).where(*which).values(state=after.value, ended_at=ended)) == 1


def _record(
    session: Session, kind: FactKind, found: Request, item: Item, key: str, person: int, now: datetime, **more: Any
) -> None:
    body = {"request": found.id, "item": item.id, "unit": item.unit, "why": found.why.value, **more}
    record(session, Fact(kind, key, now, person, body=body), now)
