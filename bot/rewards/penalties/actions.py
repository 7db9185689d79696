"""Proposing a penalty, answering, deciding. Nothing is taken before the person was heard and a second person has decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import store as people
from bot.people.model import Viewer
from bot.rewards import actions as points
from bot.rewards import appealing
from bot.rewards import rules as point_rules
from bot.rewards import store as balances
from bot.rewards.model import Kind, Row
from bot.rewards.penalties import model as facts
from bot.rewards.penalties import rules, showing, store
from bot.rewards.penalties.model import HEARING, Penalty, State
from bot.rewards.penalties.tables import PenaltyRow

SLICE = 20


def propose(session: Session, by: Viewer, person: int, amount: int, words: str, key: str, now: datetime) -> Penalty:
    """Wants points to be taken; the person is told and may answer. Refused: about oneself, without the right, and for

    anything that has to do with reporting.
    """
    who = people.person(session, person, now)
    if who is None or who.left_on is not None or not rules.may_propose(by, person, who.path):
        raise Refused("rewards.penalties.not_yours")
    if not 1 <= amount <= rules.MOST_POINTS:
        raise Refused("rewards.bad_points", most=rules.MOST_POINTS)
    _words(words)
    values = {
        "key": key, "person_id": person, "unit_id": who.unit, "path": who.path, "points": amount, "words": words.strip(),
        "by_id": by.person, "asked_at": now, "reply_by": now + rules.REPLY, "state": State.OPEN.value,
    }  # fmt: skip
    id = insert_once(session, PenaltyRow, values, "key")
    if id is None:
        raise Refused("rewards.changed_meanwhile")
    found = _penalty(session, id)
    _note(session, facts.PROPOSED, found, by.person, now, points=amount)
    _tell(session, found, [person], "opened", now)
    return found


def _words(words: str) -> None:
    if not words.strip() or len(words) > rules.MOST_WORDS:
        raise Refused("rewards.reason_needed", most=rules.MOST_WORDS)
    if point_rules.about_reporting(words):
        raise Refused("rewards.no_penalty_for_reporting")


def reply(session: Session, person: int, id: int, words: str, now: datetime) -> Penalty:
    """The person tells their side, once. Refused: to others, and when the time is over."""
    if len(words) > rules.MOST_WORDS:
        raise Refused("rewards.reason_needed", most=rules.MOST_WORDS)
    which = (PenaltyRow.id == id, PenaltyRow.person_id == person, store.OPEN, PenaltyRow.replied_at.is_(None))
    values = {"reply": words.strip(), "replied_at": now}
    if changed(session, update(PenaltyRow).where(*which, PenaltyRow.reply_by > now).values(**values)) != 1:
        raise Refused("rewards.penalties.answered")
    found = _penalty(session, id)
    _note(session, facts.ANSWERED, found, None, now)
    ripen(session, found, now)
    return found


def ripen(session: Session, found: Penalty, now: datetime) -> None:
    """Those who decide hear that they can, once."""
    which = (PenaltyRow.id == found.id, PenaltyRow.ripe_at.is_(None), store.OPEN)
    if rules.is_ripe(found, now) and changed(session, update(PenaltyRow).where(*which).values(ripe_at=now)) == 1:
        able = balances.able(session, found.path, (found.by, found.person), now)
        _tell(session, found, [who.id for who in able[:3]], "ripe", now)


def decide(session: Session, by: Viewer, id: int, impose: bool, reason: str, now: datetime) -> Penalty:
    """A second person's word, with its reason. Refused: to proposer and person, and before there was time to answer."""
    found = _penalty(session, id)
    if found.state is not State.OPEN:
        raise Refused("rewards.changed_meanwhile")
    if not rules.may_decide(found, by, now):
        raise Refused("rewards.penalties.not_yet")
    if impose:
        _words(reason)
    elif not reason.strip() or len(reason) > rules.MOST_WORDS:
        raise Refused("rewards.reason_needed", most=rules.MOST_WORDS)
    state = State.IMPOSED if impose else State.DROPPED
    values = {"state": state.value, "decided_by": by.person, "decided_at": now, "reason": reason.strip()}
    if changed(session, update(PenaltyRow).where(PenaltyRow.id == id, store.OPEN).values(**values)) != 1:
        raise Refused("rewards.changed_meanwhile")
    if impose:
        _take(session, found, by.person, reason.strip(), now)
    kind = facts.IMPOSED if impose else facts.DROPPED
    _note(session, kind, found, by.person, now, points=found.points, answered=found.replied_at is not None)
    found = _penalty(session, id)
    _tell(session, found, [found.person, found.by], "decided", now)
    return found


def _take(session: Session, found: Penalty, by: int, reason: str, now: datetime) -> None:
    who = people.person(session, found.person, now)
    assert who is not None
    people.lock_person(session, found.person)
    row = points.write(
        session, f"penalty:{found.id}", who, -found.points, Kind.PENALTY, now, refers=found.id, by=by, reason=reason,
        appealable=True,
    )  # fmt: skip
    assert row is not None
    session.execute(update(PenaltyRow).where(PenaltyRow.id == found.id).values(row_id=row.id))


def lapse(session: Session, found: Penalty, now: datetime) -> None:
    """Nobody decided in time: it is over and nothing follows."""
    values = {"state": State.LAPSED.value, "decided_at": now}
    if changed(session, update(PenaltyRow).where(PenaltyRow.id == found.id, store.OPEN).values(**values)) == 1:
        _note(session, facts.LAPSED, found, None, now)
        _tell(session, _penalty(session, found.id), [found.person, found.by], "decided", now)


def follow(session: Session, now: datetime) -> bool:
    """Whose time to answer is over becomes ripe; what nobody decided lapses. True while more is left."""
    ripe, over = store.ripe(session, now, SLICE), store.overdue(session, now, SLICE)
    for each in ripe:
        ripen(session, each, now)
    for each in over:
        lapse(session, each, now)
    return SLICE in (len(ripe), len(over))


def proposer(session: Session, row: Row) -> tuple[int, ...]:
    """Whoever proposed the penalty that a row comes from: they do not decide an appeal about it."""
    found = store.penalty(session, row.refers) if row.kind is Kind.PENALTY and row.refers else None
    return (found.by,) if found is not None else ()


appealing.also_gave[:] = [proposer]


def seen_by(session: Session, viewer: Viewer, id: int) -> Penalty:
    """A penalty that concerns somebody. Refused to everybody else, as if it were not there."""
    found = store.penalty(session, id)
    if found is None or not rules.concerns(found, viewer):
        raise Refused("rewards.penalties.not_yours")
    return found


def _tell(session: Session, found: Penalty, whom: list[int], what: str, now: datetime) -> None:
    for id in dict.fromkeys(whom):
        viewer = people.viewer(session, id, now)
        if viewer is None:
            continue
        message: Message = showing.card(session, found, viewer, now, what=what)
        key = f"point-penalty:{found.id}:{what}:{id}"
        if what == "decided":
            outbox.send(session, outbox.to_person(id), message, Lane.REPLY, now, key=key)
        else:  # nobody has waited for it: it counts in their day and wakes nobody
            outbox.send(session, outbox.to_person(id), message, Lane.BULK, now, key=key, unasked=HEARING)


def _penalty(session: Session, id: int) -> Penalty:
    found = store.penalty(session, id)
    if found is None:
        raise Refused("rewards.penalties.not_yours")
    return found


def _note(session: Session, kind: FactKind, found: Penalty, by: int | None, now: datetime, **more: Any) -> None:
    body: Mapping[str, Any] = {"penalty": found.id} | more
    unit = found.unit if by is None else None
    record(session, Fact(kind, f"point-penalty:{found.id}:{kind.name}", now, by, unit=unit, body=body), now)
