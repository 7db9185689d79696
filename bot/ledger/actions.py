"""Recording facts. In the caller's transaction, together with the change they tell of."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import insert_once, table_of
from bot.ledger.closing import LATE, reopen
from bot.ledger.model import Fact, FactKind, Subscription
from bot.ledger.tables import FactRow, PseudonymRow
from bot.people import store as people

COARSE = timedelta(hours=1)
"""Facts that hide their minute keep the hour."""
_subscriptions: dict[str, list[Subscription]] = {}
_pseudonym = table_of(PseudonymRow)
_known = select(_pseudonym.c.pseudonym).where(_pseudonym.c.person_id == bindparam("person"))


class NotInTheLedger(ValueError):
    """A fact's body holds something that its kind did not declare: a fault of the program, found by its first test."""


def subscribe(subscriptions: tuple[Subscription, ...]) -> None:
    """Sets who follows up on what. Called once, at the composition root."""
    _subscriptions.clear()
    for subscription in subscriptions:
        _subscriptions.setdefault(subscription.fact, []).append(subscription)


def followers(session: Session, kind: str) -> list[Subscription]:
    """Who follows up on a kind of fact at this moment."""
    return [each for each in _subscriptions.get(kind, ()) if each.wanted is None or each.wanted(session)]


def record(session: Session, fact: Fact, now: datetime) -> bool:
    """Writes a fact once, and a follow-up job for each room that listens. False where that key was written before.

    The unit and post of the time are filled in from the person where they are left out.
    """
    _check(fact.kind, fact)
    unit, post = fact.unit, fact.post
    if fact.person is not None and unit is None:
        who = people.person(session, fact.person, fact.at)
        if who is not None:
            unit, post = who.unit, who.post
    name = pseudonym(session, fact.person) if fact.person is not None else None
    new = insert_once(session, FactRow, row_of(fact, unit, post, name), "key") is not None
    if new:
        if now - fact.at > LATE:
            reopen(session, fact.at)
        jobs.enqueue_all(session, following(fact, unit, post, followers(session, fact.kind.name), now))
    return new


def row_of(fact: Fact, unit: int | None, post: str | None, name: str | None) -> dict[str, Any]:
    """A fact as its row, under the doer's pseudonym."""
    return {
        "key": fact.key,
        "kind": fact.kind.name,
        "version": fact.kind.version,
        "at": fact.at,
        "pseudonym": name,
        "unit_id": unit,
        "post": post,
        "body": dict(fact.body),
        "salt": secrets.token_bytes(16),
    }


def pseudonym(session: Session, person: int) -> str:
    """The name under which the ledger knows somebody: random, so that it says nothing without its row."""
    known = session.scalar(_known, {"person": person})
    if known is None:
        values = {"person_id": person, "pseudonym": secrets.token_hex(8)}
        insert_once(session, PseudonymRow, values)
        known = session.scalar(_known, {"person": person})
    assert known is not None
    return str(known)


def _check(kind: FactKind, fact: Fact) -> None:
    unknown = set(fact.body) - set(kind.fields)
    if unknown:
        raise NotInTheLedger(f"{kind.name} does not declare {sorted(unknown)}")
    for name, value in fact.body.items():
        if isinstance(value, str) and (len(value) > 80 or " " in value):
            raise NotInTheLedger(f"{kind.name}.{name} holds free text")


def following(
    fact: Fact, unit: int | None, post: str | None, whom: Sequence[Subscription], now: datetime
) -> list[jobs.Wanted]:
    """The jobs of those who follow up on a new fact."""
    # where the fact hides its minute, the job that follows it must not tell it
    when = fact.at if timedelta() <= now - fact.at < COARSE else now
    payload = {
        "fact": fact.kind.name,
        "key": fact.key,
        "at": fact.at.isoformat(),
        "person": fact.person,
        "unit": unit,
        "post": post,
        "body": dict(fact.body),
    }
    return [jobs.Wanted(each.job, payload, f"follow:{fact.key}:{each.room}", when + each.after, when) for each in whom]
