"""`/ppe`: one's own equipment, and the queue of whoever keeps a store. Routes only."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Viewer
from bot.resources.equipment import actions, rules, showing, stocking, store, telling
from bot.resources.equipment.model import DRAFT, Item, State

WITHIN = timedelta(hours=2)
"""What is typed later is a new matter."""


def on_ppe(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/ppe`: what I have."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply((showing.mine(session, who, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`pe:what:number`."""
    who, act = speaking.person(session, event, now), ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _mine(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.mine(session, who, now),))


# --- whoever wears it -------------------------------------------------------------------------------------------------


def _ask(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.choose_item(session, who),))


def _item(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    item = _of(session, event.number(1))
    if item.sizes == (rules.ONE_SIZE,):
        return _asked_for(session, who, item, 0, now)
    return Reply((showing.choose_size(session, who, item),))


def _size(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return _asked_for(session, who, _of(session, event.number(1)), event.number(2), now)


def _asked_for(session: Session, who: Person, item: Item, at: int, now: datetime) -> Reply:
    if not 0 <= at < len(item.sizes):
        raise Refused("resources.changed_meanwhile")
    made = actions.ask(session, who.id, item.id, item.sizes[at], now)
    return Reply(edit=Message(text("resources.equipment.asked", item=dict(item.names), size=made.size)))


def _piece(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = store.piece(session, event.number(1))
    if found is None or found.person != who.id:
        raise Refused("resources.equipment.only_holder")
    return Reply((showing.piece(session, who, found, now),))


def _damaged(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    made = actions.report_damaged(session, who.id, event.number(1), now)
    return Reply(edit=Message(text("resources.equipment.damaged", size=made.size)))


def _renew(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    made = actions.renew(session, who.id, event.number(1), now)
    item = _of(session, made.item)
    return Reply(edit=Message(text("resources.equipment.asked", item=dict(item.names), size=made.size)))


def _in_order(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.inspected(session, who.id, event.number(1), now)
    return Reply(edit=showing.piece(session, who, found, now), toast=text("resources.t_noted"))


def _open_request(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = store.request(session, event.number(1))
    if found is None or found.person != who.id:
        raise Refused("resources.equipment.only_holder")
    item = _of(session, found.item)
    if found.state is State.HANDED:
        return Reply((Message(*telling.sign_card(session, found, item, None, now)),))
    said = text("resources.equipment.asked", item=dict(item.names), size=found.size)
    return Reply((Message(said, rows(button("resources.equipment.b_withdraw", f"pe:back:{found.id}"))),))


def _withdraw(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    actions.withdraw(session, who.id, event.number(1), now)
    return Reply(edit=Message(text("resources.equipment.withdrawn")))


def _sign(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    made = actions.sign(session, who.id, event.number(1), now)
    item = _of(session, made.item)
    said = text(
        "resources.equipment.signed", item=dict(item.names), size=made.size, name=who.name, at=made.signed_at.isoformat(),
        inspect=made.inspect_on.isoformat() if made.inspect_on else None,
        expires=made.expires_on.isoformat() if made.expires_on else None,
    )  # fmt: skip
    return Reply(edit=Message(said))


def _not_got(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    actions.not_got(session, who.id, event.number(1), now)
    return Reply(edit=Message(text("resources.equipment.not_got")))


# --- whoever keeps a store --------------------------------------------------------------------------------------------


def _queue(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply(showing.queue(session, _keeper(session, who, now), now))


def _hand(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = store.request(session, event.number(1))
    actions.hand_over(session, who.id, event.number(1), now)
    assert found is not None
    return Reply(edit=Message(text("resources.equipment.handed", name=speaking.name(session, found.person, now))))


def _refuse(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    _keeper(session, who, now)
    drafts.begin(session, who.id, DRAFT, "reason", {"request": event.number(1)}, now)
    return Reply((Message(text("resources.equipment.ask_reason")),))


def _stocks(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.stocks(session, _keeper(session, who, now)),))


def _stock(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.stock(session, _kept(session, who, event.number(1), now)),))


def _more(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    item, at = _kept(session, who, event.number(1), now), event.number(2)
    if not 0 <= at < len(item.sizes):
        raise Refused("resources.changed_meanwhile")
    data = {"item": item.id, "size": item.sizes[at], "key": secrets.token_hex(12)}
    drafts.begin(session, who.id, DRAFT, "count", data, now)
    return Reply((Message(text("resources.equipment.ask_count", item=dict(item.names), size=item.sizes[at])),))


def _returned(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    actions.give_back(session, who.id, event.number(1), now)
    return Reply(drop_buttons=True, toast=text("resources.t_noted"))


def on_words(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """How many pieces came, or why one is not given."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None else None
    if (
        who is None
        or draft is None
        or not isinstance(event, Said)
        or draft.created_at < now - WITHIN
        or not event.private
    ):
        return None
    if draft.step == "reason":
        drafts.close(session, draft)
        actions.refuse(session, who.id, draft.data["request"], event.text.strip(), now)
        return Reply((Message(text("resources.equipment.refusal_told")),))
    number = western(event.text)
    if not (number.isascii() and number.isdigit() and len(number) < 7 and 0 < int(number) <= rules.MOST_STOCK):
        raise Refused("resources.bad_number", most=rules.MOST_STOCK)
    drafts.close(session, draft)
    data = draft.data
    stocking.take_in(session, who.id, data["key"], data["item"], data["size"], int(number), now)
    return Reply((showing.stock(session, _of(session, data["item"])),))


def _of(session: Session, id: int) -> Item:
    item = store.item(session, id)
    if item is None:
        raise Refused("resources.changed_meanwhile")
    return item


def _keeper(session: Session, who: Person, now: datetime) -> Viewer:
    viewer = people.viewer(session, who.id, now)
    if viewer is None or not store.items_kept(session, viewer):
        raise Refused("resources.equipment.only_keepers")
    return viewer


def _kept(session: Session, who: Person, id: int, now: datetime) -> Item:
    item = _of(session, id)
    if not store.may_keep(people.viewer(session, who.id, now), item):
        raise Refused("resources.equipment.only_keepers")
    return item


ACTS: dict[str, Callable[[Session, Pressed, Person, datetime], Reply]] = {
    "mine": _mine, "ask": _ask, "item": _item, "size": _size, "piece": _piece, "damaged": _damaged, "renew": _renew,
    "order": _in_order, "asked": _open_request, "back": _withdraw, "sign": _sign, "nogot": _not_got, "queue": _queue,
    "hand": _hand, "refuse": _refuse, "stocks": _stocks, "stock": _stock, "in": _more, "returned": _returned,
}  # fmt: skip
ROUTES = (
    Route(on_ppe, command="ppe", menu="resources.equipment.menu"),
    Route(on_press, verb="pe"),
    Route(on_words, draft=DRAFT),
)
