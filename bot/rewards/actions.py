"""Rows of points: for a fact, by hand, taken back. Each in the caller's transaction; a row is only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.db.once import insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger import store as ledger
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Person, Viewer
from bot.rewards import policy, rules, store, switching
from bot.rewards.model import EARNABLE, EARNED, GIVEN, PASSED_ON, REVERSED, REVERSIBLE, Kind, Row
from bot.rewards.tables import PointRow

KNOWN_FOR = timedelta(days=400)
"""How long before it was verified a danger may have been put right, or before it was accepted an idea told."""


def write(
    session: Session, key: str, who: Person, amount: int, kind: Kind, now: datetime, *, rule: str | None = None,
    version: int | None = None, fact: str | None = None, fact_key: str | None = None, refers: int | None = None,
    reverses: int | None = None, by: int | None = None, reason: str | None = None, at: datetime | None = None,
    on: Any = None, appealable: bool = False,
) -> Row | None:  # fmt: skip
    """Adds a row of points; None where its key, or a reversal of the same row, was there before."""
    values = {
        "key": key, "person_id": who.id, "unit_id": who.unit, "path": who.path, "amount": amount, "kind": kind.value,
        "rule": rule, "policy": version, "fact": fact, "fact_key": fact_key, "refers": refers, "reverses_id": reverses,
        "by_id": by, "reason": reason, "on_date": on or people.today_of(who, now), "at": at or now,
        "appeal_by": now + rules.APPEAL if appealable else None,
    }  # fmt: skip
    id = insert_once(session, PointRow, values)
    return store.row(session, id) if id is not None else None


def earn(session: Session, payload: Mapping[str, Any], now: datetime) -> list[Row]:
    """Follows up on a fact: what the policy of that day gives for it, once, as far as the limits have room."""
    at = datetime.fromisoformat(payload["at"])
    person = _payee(session, payload, at)
    who = people.person(session, person, at) if person is not None else None
    if who is None:
        return []  # what came without a name has no person here, and nobody gets anything for it
    on = local_date(at, who.zone)
    gone = who.left_on is not None and who.left_on <= on
    found = policy.in_force(session, on, now)
    if gone or found is None or not switching.holds(session, "points", who.path, at):
        return []
    people.lock_person(session, who.id)  # two facts at once would both see room for the last one
    made = []
    for rule in rules.matching(found, payload["fact"], payload.get("body") or {}):
        month = on.replace(day=1), (on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        that_day = store.counted(session, who.id, rule.code, on, on)
        if not rules.has_room(rule, that_day, store.counted(session, who.id, rule.code, *month)):
            continue
        row = write(
            session, f"fact:{rule.code}:{payload['key']}", who, rule.points, Kind.EARNED, now, rule=rule.code,
            version=found.version, fact=payload["fact"], fact_key=payload["key"], at=at, on=on, appealable=True,
        )  # fmt: skip
        if row is not None:
            body = {"row": row.id, "rule": rule.code, "policy": found.version, "points": rule.points}
            record(session, Fact(EARNED, f"points:{row.id}", at, who.id, body=body), now)
            made.append(row)
    return made


def _payee(session: Session, payload: Mapping[str, Any], at: datetime) -> int | None:
    payee = EARNABLE.get(payload["fact"])
    if payee is None:
        doer: int | None = payload["person"]
        return doer
    number = (payload.get("body") or {}).get(payee.field)
    found = ledger.about(session, payee.field, number, (payee.fact,), at - KNOWN_FOR) if number else []
    found = [each for each in found if each.at <= at]
    return found[-1].person if found else None


def give(session: Session, by: Viewer, person: int, points: int, reason: str, key: str, now: datetime) -> Row:
    """Points by hand, with a reason that the person reads. Refused: to oneself, without the right, for silence, and below 1:

    points are taken only after the person was heard.
    """
    who = people.person(session, person, now)
    if who is None or who.left_on is not None or by.person == person or not by.holds(store.HR, who.path):
        raise Refused("rewards.not_yours")
    if not 1 <= points <= rules.MOST_BY_HAND:
        raise Refused("rewards.bad_points", most=rules.MOST_BY_HAND)
    if not reason.strip() or len(reason) > rules.MOST_WORDS:
        raise Refused("rewards.reason_needed", most=rules.MOST_WORDS)
    if rules.praises_silence(reason):
        raise Refused("rewards.no_silence")
    people.lock_person(session, person)
    row = write(
        session, f"hand:{key}", who, points, Kind.HAND, now, by=by.person, reason=reason.strip(), appealable=True
    )
    if row is None:
        raise Refused("rewards.changed_meanwhile")
    record(session, Fact(GIVEN, f"points:{row.id}", now, by.person, body={"row": row.id, "points": points}), now)
    tell_row(session, row, now)
    return row


def take_back(session: Session, by: Viewer, id: int, reason: str, now: datetime) -> Row:
    """A row was wrong: it is taken back by another row, exactly. Refused: to oneself, without the right, the second time."""
    found = store.row(session, id)
    if found is None or found.person == by.person or not by.holds(store.HR, found.path):
        raise Refused("rewards.not_yours")
    if found.kind not in REVERSIBLE:
        raise Refused("rewards.not_reversible")
    if not reason.strip() or len(reason) > rules.MOST_WORDS:
        raise Refused("rewards.reason_needed", most=rules.MOST_WORDS)
    if rules.about_reporting(reason):
        raise Refused("rewards.no_penalty_for_reporting")
    row = reverse(session, found, by.person, reason.strip(), now, appealable=True)
    if row is None:
        raise Refused("rewards.changed_meanwhile")
    tell_row(session, row, now)
    return row


def reverse(
    session: Session, found: Row, by: int, reason: str, now: datetime, *, kind: Kind = Kind.REVERSED,
    refers: int | None = None, appealable: bool = False,
) -> Row | None:  # fmt: skip
    """Takes a row back by another of the opposite amount; None where that was done before."""
    who = people.person(session, found.person, now)
    assert who is not None
    people.lock_person(session, found.person)
    row = write(
        session, f"back:{found.id}", who, -found.amount, kind, now, reverses=found.id, refers=refers, by=by, reason=reason,
        appealable=appealable,
    )  # fmt: skip
    if row is not None:
        body = {"row": row.id, "of": found.id, "points": row.amount}
        record(session, Fact(REVERSED, f"points:{row.id}", now, by, body=body), now)
    return row


def tell_row(session: Session, row: Row, now: datetime) -> None:
    """The person hears of a row that somebody decided, with the way to appeal."""
    by = people.person(session, row.by, now) if row.by else None
    said = text(
        "rewards.row_told", number=row.id, amount=row.amount, name=by.name if by else "", reason=row.reason or ""
    )
    message = Message(said, rows(button("rewards.b_why", f"pts:open:{row.id}", number=row.id)))
    outbox.send(
        session, outbox.to_person(row.person), message, Lane.BULK, now, key=f"point:{row.id}:told", unasked=PASSED_ON
    )
