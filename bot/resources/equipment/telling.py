"""Who hears of equipment: storekeepers, whoever asked, and holders of what falls due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.model import UnaskedKind
from bot.delivery.outbox import Lane
from bot.kit.replies import Message, Rows, button, rows
from bot.kit.texts import Text, text
from bot.people import speaking
from bot.people.company import leaders
from bot.resources.equipment import store
from bot.resources.equipment.model import FALLS_DUE, STOCK, WANTED, Held, Item, Piece, Request


def wanted(session: Session, found: Request, item: Item, why: str, now: datetime) -> None:
    """Tells who hands it out: whoever is named, else those who lead where the store is. Not whoever asks."""
    queue = rows(button("resources.equipment.b_queue", "pe:queue"))
    said = text("resources.equipment.wanted", **request_line(session, found, item, now))
    _send(session, _keepers(session, item, now, besides=found.person), said, queue, f"equipment:{found.id}:{why}", now)


def low(session: Session, item: Item, size: str, left: int, by: int, now: datetime) -> None:
    """Tells who hands it out that few are left."""
    said = text("resources.equipment.low", item=dict(item.names), size=size, left=left)
    keys = rows(button("resources.equipment.b_stock", f"pe:stock:{item.id}"))
    _send(
        session,
        _keepers(session, item, now),
        said,
        keys,
        f"equipment-low:{item.id}:{size}:{now.isoformat()}",
        now,
        STOCK,
    )


def _keepers(session: Session, item: Item, now: datetime, besides: int | None = None) -> list[int]:
    named = [who.id for who in store.keepers(session, item, now) if who.id != besides]
    return named or [who.id for who in leaders(session, item.path, now, besides)]


def request_line(session: Session, found: Request, item: Item, now: datetime) -> dict[str, object]:
    """A request in words: who, what, which size, why."""
    return {
        "number": found.id, "name": speaking.name(session, found.person, now), "item": dict(item.names), "size": found.size,
        "why": found.why.value,
    }  # fmt: skip


def to_sign(session: Session, found: Request, item: Item, by: int, now: datetime) -> None:
    """Asks whoever got it to sign. They asked for it and stand there, so it counts in no budget."""
    message = Message(*sign_card(session, found, item, by, now))
    key = f"equipment:{found.id}:sign:{now.isoformat()}"
    outbox.send(session, outbox.to_person(found.person), message, Lane.REPLY, now, key=key)


def sign_card(session: Session, found: Request, item: Item, by: int | None, now: datetime) -> tuple[Text, Rows]:
    """What somebody signs for."""
    name = speaking.name(session, by, now)
    said = text("resources.equipment.sign", item=dict(item.names), size=found.size, name=name)
    keys = rows(
        button("resources.equipment.b_sign", f"pe:sign:{found.id}"), button("resources.equipment.b_not_got", f"pe:nogot:{found.id}")
    )  # fmt: skip
    return said, keys


def refused(session: Session, found: Request, item: Item, by: int, reason: str, now: datetime) -> None:
    """Tells whoever asked."""
    name = speaking.name(session, by, now)
    said = text("resources.equipment.refused", item=dict(item.names), name=name, reason=reason)
    key = f"equipment:{found.id}:refused"
    outbox.send(session, outbox.to_person(found.person), Message(said), Lane.REPLY, now, key=key)


def falls_due(session: Session, found: Piece, item: Item, what: str, now: datetime) -> None:
    """Tells a holder that a piece is to be inspected, or expires."""
    on = found.inspect_on if what == "inspection" else found.expires_on
    assert on is not None
    said = text("resources.equipment.falls_due", item=dict(item.names), size=found.size, what=what, on=on.isoformat())
    key = f"equipment-piece:{found.id}:{what}:{on}"
    _send(session, [found.person], said, piece_buttons(found, what), key, now, FALLS_DUE)


def piece_buttons(found: Piece, what: str | None) -> Rows:
    """What a holder can do with a piece."""
    if found.state is not Held.HELD:
        return ()
    keys = [button("resources.equipment.b_damaged", f"pe:damaged:{found.id}")]
    if found.inspect_on is not None:
        keys.insert(0, button("resources.equipment.b_in_order", f"pe:order:{found.id}"))
    if what in ("expired", "expiring"):
        keys.insert(0, button("resources.equipment.b_renew", f"pe:renew:{found.id}"))
    return rows(*keys)


def _send(
    session: Session, ids: Iterable[int], said: Text, keys: Rows, key: str, now: datetime, kind: UnaskedKind = WANTED
) -> None:
    for id in ids:
        to = outbox.to_person(id)
        message = Message(said, keys)
        if kind is WANTED:
            outbox.send(session, to, message, Lane.BULK, now, key=f"{key}:{id}", unasked=WANTED)
        elif kind is STOCK:
            outbox.send(session, to, message, Lane.BULK, now, key=f"{key}:{id}", unasked=STOCK)
        else:
            outbox.send(session, to, message, Lane.BULK, now, key=f"{key}:{id}", unasked=FALLS_DUE)
