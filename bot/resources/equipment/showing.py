"""How equipment looks in the chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person, Viewer
from bot.resources.equipment import rules, store, telling
from bot.resources.equipment.model import Held, Item, Piece, State

MOST = 12


def mine(session: Session, who: Person, now: datetime) -> Message:
    """What somebody has, in which size, until when; what they have asked for; and the queue of whoever keeps a store."""
    today, viewer = people.today_of(who, now), people.viewer(session, who.id, now)
    held, asked = store.pieces(session, who.id), store.open_of(session, who.id)
    items = {id: store.item(session, id) for id in {piece.item for piece in held} | {each.item for each in asked}}
    pieces = [_piece(each, items[each.item], rules.due(each, today)) for each in held]
    wanted = [
        {"item": dict(found.names), "size": each.size, "handed": each.state is State.HANDED}
        for each in asked if (found := items[each.item]) is not None
    ]  # fmt: skip
    keys = [
        button("resources.equipment.b_piece", f"pe:piece:{e['id']}", item=e["item"], size=e["size"])
        for e in pieces[:MOST]
    ]
    keys += [
        button("resources.equipment.b_asked", f"pe:asked:{each.id}", item=dict(found.names))
        for each in asked if (found := items[each.item]) is not None
    ]  # fmt: skip
    if store.items_for(session, who.path):
        keys.append(button("resources.equipment.b_ask", "pe:ask"))
    waiting = 0
    if viewer is not None and store.items_kept(session, viewer):
        waiting = store.queued(session, viewer)
        keys += [
            button("resources.equipment.b_queue_of", "pe:queue", count=waiting),
            button("resources.equipment.b_stocks", "pe:stocks"),
        ]
    return Message(text("resources.equipment.mine", pieces=pieces, asked=wanted, waiting=waiting), rows(*keys))


def _piece(found: Piece, item: Item | None, what: str | None) -> dict[str, Any]:
    return {
        "id": found.id, "item": dict(item.names) if item else "", "size": found.size, "what": what or "",
        "damaged": found.state is Held.DAMAGED, "inspect": found.inspect_on.isoformat() if found.inspect_on else None,
        "expires": found.expires_on.isoformat() if found.expires_on else None,
    }  # fmt: skip


def piece(session: Session, who: Person, found: Piece, now: datetime) -> Message:
    """One piece, and what its holder can do."""
    what = rules.due(found, people.today_of(who, now))
    said = text("resources.equipment.piece", **_piece(found, store.item(session, found.item), what))
    return Message(said, telling.piece_buttons(found, what))


def choose_item(session: Session, who: Person) -> Message:
    """What do you need?"""
    items = store.items_for(session, who.path)[:24]
    keys = [button("resources.equipment.b_item", f"pe:item:{each.id}", item=dict(each.names)) for each in items]
    return Message(text("resources.equipment.ask_item"), rows(*keys))


def choose_size(session: Session, who: Person, item: Item) -> Message:
    """Which size? The one that they had last stands first; none is left of some."""
    last = store.last_size(session, who.id, item.id)
    there = store.stock(session, [item.id])[item.id]
    keys = [
        button(
            "resources.equipment.b_size",
            f"pe:size:{item.id}:{item.sizes.index(size)}",
            size=size,
            left=there.get(size, 0),
        )
        for size in rules.sizes_first(item.sizes, last)
    ]
    return Message(text("resources.equipment.ask_size", item=dict(item.names), last=last or ""), rows(*keys, each=3))


def queue(session: Session, viewer: Viewer, now: datetime) -> tuple[Message, ...]:
    """What waits for a storekeeper, a message a request."""
    found = store.queue(session, viewer, 5)
    shown = []
    for each in found:
        item = store.item(session, each.item)
        assert item is not None
        left = store.stock(session, [item.id])[item.id].get(each.size, 0)
        said = text("resources.equipment.request", **telling.request_line(session, each, item, now), left=left)
        keys = rows(
            button("resources.equipment.b_hand", f"pe:hand:{each.id}"),
            button("resources.equipment.b_refuse", f"pe:refuse:{each.id}"),
        )  # fmt: skip
        shown.append(Message(said, keys))
    for held, item, name, left_us in store.overdue(session, viewer, now.date(), 30):
        if left_us and len(shown) < 8:
            said = text("resources.equipment.to_return", name=name, item=dict(item.names), size=held.size)
            shown.append(Message(said, rows(button("resources.equipment.b_returned", f"pe:returned:{held.id}"))))
    return tuple(shown) or (Message(text("resources.equipment.nothing_waits")),)


def stocks(session: Session, viewer: Viewer) -> Message:
    """The stores that somebody keeps."""
    items = store.items_kept(session, viewer)[:24]
    there = store.stock(session, [each.id for each in items])
    lines = [stock_line(each, there[each.id]) for each in items]
    keys = [button("resources.equipment.b_item", f"pe:stock:{each.id}", item=dict(each.names)) for each in items]
    return Message(text("resources.equipment.stocks", lines=lines), rows(*keys))


def stock_line(item: Item, there: dict[str, int]) -> dict[str, Any]:
    """An item with what is left of each size."""
    sizes = [{"size": size, "left": there.get(size, 0), "low": there.get(size, 0) <= item.low} for size in item.sizes]
    return {"item": dict(item.names), "sizes": sizes}


def stock(session: Session, item: Item) -> Message:
    """One item; a tap on a size takes more of it in."""
    there = store.stock(session, [item.id])[item.id]
    keys = [
        button("resources.equipment.b_size", f"pe:in:{item.id}:{at}", size=size, left=there.get(size, 0))
        for at, size in enumerate(item.sizes)
    ]
    return Message(text("resources.equipment.stock", **stock_line(item, there)), rows(*keys, each=3))
