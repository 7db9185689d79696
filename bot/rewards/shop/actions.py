"""Asking for a reward, approving, refusing, withdrawing; stock. Points are held by a row and given back by its reversal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import store as people
from bot.people.model import Person, Viewer
from bot.rewards import actions as points
from bot.rewards import rules as point_rules
from bot.rewards import store as balances
from bot.rewards.model import Kind
from bot.rewards.shop import model as facts
from bot.rewards.shop import rules, store
from bot.rewards.shop.model import APPROVE, Redemption, State
from bot.rewards.shop.tables import RedemptionRow, RewardRow

SLICE = 20


def redeem(session: Session, who: Person, reward: int, key: str, now: datetime) -> Redemption:
    """Somebody wants a reward: one is taken from the stock and the points are held. Refused: without enough points or stock.

    The same press twice is one wish.
    """
    found = store.reward(session, reward)
    if found is None or not rules.is_for(found, who.path):
        raise Refused("rewards.shop.not_there")
    people.lock_person(session, who.id)  # two wishes at once would both see the same points
    if balances.balance(session, who.id) < found.cost:
        raise Refused("rewards.shop.too_few")
    values = {
        "key": key, "reward_id": reward, "person_id": who.id, "path": who.path, "cost": found.cost,
        "state": State.ASKED.value, "asked_at": now,
    }  # fmt: skip
    id = insert_once(session, RedemptionRow, values, "key")
    if id is None:
        raise Refused("rewards.changed_meanwhile")
    one = update(RewardRow).where(RewardRow.id == reward, store.OPEN, RewardRow.stock > 0, RewardRow.cost == found.cost)
    if changed(session, one.values(stock=RewardRow.stock - 1)) != 1:
        raise Refused("rewards.shop.sold_out")  # undoes the wish
    held = points.write(session, f"held:{id}", who, -found.cost, Kind.HELD, now, refers=id, by=who.id)
    assert held is not None
    session.execute(update(RedemptionRow).where(RedemptionRow.id == id).values(held_id=held.id))
    made = _redemption(session, id)
    _note(session, facts.ASKED, made, who.id, now)
    _ask(session, made, balances.able(session, who.path, (who.id,), now)[:1], "asked", now)
    return made


def approve(session: Session, by: Viewer, id: int, now: datetime) -> Redemption:
    """A yes: the held points are spent. Refused: to others, about oneself, and the second time."""
    found = _settle(session, by, id, State.APPROVED, None, now)
    _note(session, facts.APPROVED, found, by.person, now)
    _tell(session, found, now)
    return found


def refuse(session: Session, by: Viewer, id: int, reason: str, now: datetime) -> Redemption:
    """A no, with its reason: the points are given back exactly, the stock too."""
    if not reason.strip() or len(reason) > rules.MOST_REASON:
        raise Refused("rewards.reason_needed", most=rules.MOST_REASON)
    found = _settle(session, by, id, State.REFUSED, reason.strip(), now)
    _give_back(session, found, by.person, reason.strip(), now)
    _note(session, facts.REFUSED, found, by.person, now)
    _tell(session, found, now)
    return found


def withdraw(session: Session, person: int, id: int, now: datetime) -> Redemption:
    """The person no longer wants it, while nobody has answered."""
    found = _redemption(session, id)
    which = (RedemptionRow.id == id, RedemptionRow.person_id == person, store.WAITS)
    values = {"state": State.WITHDRAWN.value, "decided_at": now}
    if found.person != person or changed(session, update(RedemptionRow).where(*which).values(**values)) != 1:
        raise Refused("rewards.changed_meanwhile")
    _give_back(session, found, person, None, now)
    _note(session, facts.WITHDRAWN, found, person, now)
    return _redemption(session, id)


def _settle(session: Session, by: Viewer, id: int, state: State, reason: str | None, now: datetime) -> Redemption:
    found = _redemption(session, id)
    if found.state is State.ASKED and not rules.may_decide(found, by):
        raise Refused("rewards.shop.not_yours")
    if found.state is not State.ASKED and not by.holds(rules.APPROVER, found.path):
        raise Refused("rewards.shop.not_yours")
    values = {"state": state.value, "decided_by": by.person, "decided_at": now, "reason": reason}
    which = (RedemptionRow.id == id, store.WAITS)
    if changed(session, update(RedemptionRow).where(*which).values(**values)) != 1:
        raise Refused("rewards.changed_meanwhile")
    return _redemption(session, id)


def _give_back(session: Session, found: Redemption, by: int, reason: str | None, now: datetime) -> None:
    held = balances.row(session, found.held) if found.held else None
    assert held is not None
    points.reverse(session, held, by, reason or "", now, kind=Kind.BACK, refers=found.id)
    session.execute(update(RewardRow).where(RewardRow.id == found.reward).values(stock=RewardRow.stock + 1))


# --- the catalogue ----------------------------------------------------------------------------------------------------


def put(
    session: Session, by: Viewer, unit: int, code: str, names: Mapping[str, str], cost: int, stock: int, now: datetime
) -> bool:
    """A reward into the catalogue of a unit, or a known one changed; answers whether it is new. Refused: without the right."""
    there = people.unit(session, unit)
    if there is None or not by.holds(rules.KEEPER, there.path):
        raise Refused("rewards.shop.not_yours")
    for words in names.values():
        if point_rules.praises_silence(words):
            raise Refused("rewards.no_silence")
    values = {
        "code": code, "unit_id": unit, "path": there.path, "names": dict(names), "cost": cost, "stock": stock,
        "put_by": by.person, "put_at": now, "closed_at": None,
    }  # fmt: skip
    id = insert_once(session, RewardRow, values)
    new = id is not None
    if not new:
        which = (RewardRow.unit_id == unit, RewardRow.code == code)
        session.execute(update(RewardRow).where(*which).values(**values))
    record_id = (
        id if new else next(each.id for each in store.kept_by(session, by) if (each.unit, each.code) == (unit, code))
    )
    _stocked(session, record_id, cost, stock, by.person, now)
    return new


def add_stock(session: Session, by: Viewer, id: int, more: int, now: datetime) -> None:
    """So many more (or fewer) are there. Refused: without the right, and where fewer would be left than none."""
    found = store.reward(session, id)
    if found is None or not rules.may_keep(found, by):
        raise Refused("rewards.shop.not_yours")
    left = RewardRow.stock + more
    which = (RewardRow.id == id, store.OPEN, left >= 0, left <= rules.MOST_STOCK)
    if changed(session, update(RewardRow).where(*which).values(stock=left)) != 1:
        raise Refused("rewards.shop.bad_stock", most=rules.MOST_STOCK)
    again = store.reward(session, id)
    assert again is not None
    _stocked(session, id, again.cost, again.stock, by.person, now)


def close(session: Session, by: Viewer, id: int, now: datetime) -> None:
    """Takes a reward off; wishes that were asked for stand. Refused: without the right, and the second time."""
    found = store.reward(session, id)
    if found is None or not rules.may_keep(found, by):
        raise Refused("rewards.shop.not_yours")
    if changed(session, update(RewardRow).where(RewardRow.id == id, store.OPEN).values(closed_at=now)) != 1:
        raise Refused("rewards.changed_meanwhile")
    fact = Fact(facts.CLOSED, f"reward:{id}:closed:{now.isoformat()}", now, by.person, body={"reward": id})
    record(session, fact, now)


def _stocked(session: Session, id: int, cost: int, stock: int, by: int, now: datetime) -> None:
    body = {"reward": id, "stock": stock, "cost": cost}
    record(session, Fact(facts.STOCKED, f"reward:{id}:stock:{now.isoformat()}", now, by, body=body), now)


# --- telling ----------------------------------------------------------------------------------------------------------


def press_unanswered(session: Session, now: datetime) -> bool:
    """A wish that nobody answered goes before everybody who may answer, once; True while more are left."""
    found = store.unanswered(session, now - rules.WAIT, SLICE)
    for row in found:
        which = (RedemptionRow.id == row.id, store.WAITS, RedemptionRow.pressed_at.is_(None))
        if changed(session, update(RedemptionRow).where(*which).values(pressed_at=now)) == 1:
            whom = balances.able(session, row.path, (row.person_id,), now)[:5]
            _ask(session, store.as_redemption(row), whom, "pressed", now)
    return len(found) == SLICE


def _ask(session: Session, found: Redemption, whom: list[Person], what: str, now: datetime) -> None:
    who, reward = people.person(session, found.person, now), store.reward(session, found.reward)
    assert reward is not None
    said = text(
        "rewards.shop.asked", number=found.id, name=who.name if who else "", reward=dict(reward.names), cost=found.cost,
        late=what == "pressed",
    )  # fmt: skip
    message = Message(said, rows(button("rewards.shop.b_answer", f"rwd:open:{found.id}", number=found.id)))
    for each in whom:
        key = f"redemption:{found.id}:{what}:{each.id}"
        outbox.send(session, outbox.to_person(each.id), message, Lane.BULK, now, key=key, unasked=APPROVE)


def _tell(session: Session, found: Redemption, now: datetime) -> None:
    reward, by = store.reward(session, found.reward), people.person(session, found.decided_by or 0, now)
    said = text(
        "rewards.shop.answered", reward=dict(reward.names) if reward else "", state=found.state.value, cost=found.cost,
        name=by.name if by else "", reason=found.reason or "", balance=balances.balance(session, found.person),
    )  # fmt: skip
    key = f"redemption:{found.id}:{found.state.value}"
    outbox.send(session, outbox.to_person(found.person), Message(said), Lane.REPLY, now, key=key)


def _redemption(session: Session, id: int) -> Redemption:
    found = store.redemption(session, id)
    if found is None:
        raise Refused("rewards.shop.not_there")
    return found


def _note(session: Session, kind: FactKind, found: Redemption, by: int, now: datetime) -> None:
    body = {"redemption": found.id, "reward": found.reward, "points": found.cost}
    record(session, Fact(kind, f"redemption:{found.id}:{kind.name}", now, by, body=body), now)
