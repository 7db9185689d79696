"""What of equipment waits for somebody, for `/today`: a signature, what has run out, a storekeeper's queue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.resources.equipment import rules, store
from bot.resources.equipment.model import State

Item = tuple[Text, Button | None]
MOST = 3


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """First what they are to sign, then what falls due, then what waits in their store."""
    who, viewer = people.person(session, person, now), people.viewer(session, person, now)
    if who is None or viewer is None:
        return []
    items: list[Item] = []
    for each in store.open_of(session, person):
        item = store.item(session, each.item)
        if each.state is State.HANDED and item is not None:
            words = text("resources.equipment.waiting_sign", item=dict(item.names))
            items.append((words, button("resources.equipment.b_look", f"pe:asked:{each.id}")))
    for piece in store.pieces(session, person):
        item, what = store.item(session, piece.item), rules.due(piece, people.today_of(who, now))
        if what is not None and item is not None:
            words = text("resources.equipment.waiting_due", item=dict(item.names), what=what)
            items.append((words, button("resources.equipment.b_look", f"pe:piece:{piece.id}")))
    items = items[:MOST]
    if count := store.queued(session, viewer):
        items.append(
            (text("resources.equipment.waiting_queue", count=count), button("resources.equipment.b_queue", "pe:queue"))
        )
    return items


TODAY = today
