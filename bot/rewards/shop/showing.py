"""The catalogue and wishes as people read them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person, Viewer
from bot.rewards import store as balances
from bot.rewards.shop import rules, store
from bot.rewards.shop.model import Redemption, Reward, State

MOST = 12


def catalogue(session: Session, who: Person, now: datetime) -> Message:
    """`/rewards`: what there is, what it costs, what one asked for."""
    found, have = store.catalogue(session, who.path)[:MOST], balances.balance(session, who.id)
    lines = [{"id": each.id, "name": dict(each.names), "cost": each.cost, "stock": each.stock} for each in found]
    mine = [_wish(session, each) for each in store.redemptions_of(session, who.id)]
    said = text("rewards.shop.catalogue", balance=have, lines=lines, mine=mine)
    keys = [
        button("rewards.shop.b_want", f"rwd:want:{each.id}", name=dict(each.names), cost=each.cost)
        for each in found if each.stock > 0 and each.cost <= have
    ]  # fmt: skip
    keys += [
        button("rewards.shop.b_withdraw", f"rwd:off:{each.id}", number=each.id)
        for each in store.redemptions_of(session, who.id) if each.state is State.ASKED
    ]  # fmt: skip
    viewer = people.viewer(session, who.id, now)
    if viewer is not None and viewer.anywhere(rules.KEEPER):
        keys.append(button("rewards.shop.b_keep", "rwd:keep"))
    return Message(said, rows(*keys, each=1))


def sure(reward: Reward, balance: int) -> Message:
    """Asked once before points are held."""
    said = text("rewards.shop.sure", name=dict(reward.names), cost=reward.cost, left=balance - reward.cost)
    keys = (button("rewards.shop.b_sure", f"rwd:take:{reward.id}"), button("rewards.shop.b_not", "rwd:list"))
    return Message(said, rows(*keys))


def wish(session: Session, found: Redemption, viewer: Viewer, now: datetime) -> Message:
    """A wish as whoever answers it, or whose it is, reads it."""
    who, by = people.person(session, found.person, now), people.person(session, found.decided_by or 0, now)
    said = text(
        "rewards.shop.wish", **_wish(session, found), who=who.name if who else "", by=by.name if by else "",
        reason=found.reason or "",
    )  # fmt: skip
    keys: tuple[Button, ...] = ()
    if rules.may_decide(found, viewer):
        keys = (
            button("rewards.shop.b_approve", f"rwd:yes:{found.id}"),
            button("rewards.shop.b_refuse", f"rwd:no:{found.id}"),
        )
    return Message(said, rows(*keys))


def keeping(session: Session, viewer: Viewer) -> Message:
    """The catalogue as whoever keeps it sees it."""
    found = store.kept_by(session, viewer)
    lines = [
        {"id": each.id, "name": dict(each.names), "cost": each.cost, "stock": each.stock, "unit": _unit(session, each)}
        for each in found[:MOST]
    ]
    keys = []
    for each in found[:MOST]:
        keys.append(button("rewards.shop.b_stock", f"rwd:stock:{each.id}", number=each.id))
        keys.append(button("rewards.shop.b_close", f"rwd:close:{each.id}", number=each.id))
    keys += [button("rewards.shop.b_file", "rwd:file"), button("rewards.shop.b_export", "rwd:out")]
    return Message(text("rewards.shop.keeping", lines=lines, more=max(len(found) - MOST, 0)), rows(*keys))


def _unit(session: Session, reward: Reward) -> object:
    unit = people.unit(session, reward.unit)
    return unit.label if unit else ""


def _wish(session: Session, found: Redemption) -> dict[str, object]:
    reward = store.reward(session, found.reward)
    return {
        "number": found.id, "name": dict(reward.names) if reward else "", "cost": found.cost, "state": found.state.value
    }  # fmt: skip
