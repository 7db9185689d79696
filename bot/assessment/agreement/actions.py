"""Proposing a change of the agreement, the second person's word, and taking figures of people back at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.assessment.agreement import rules, store
from bot.assessment.agreement.model import (
    AGREED,
    ASKED,
    ITEMS,
    OPEN_FOR,
    PROPOSED,
    REFUSED,
    TAKEN_BACK,
    Clause,
    State,
)
from bot.db import jobs
from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import agreement
from bot.people import store as people
from bot.people.tables import AgreementRow

TELL = "assessment.agreement.tell"


def ask(session: Session, by: int, unit: int, item: str, on: bool, purpose: str, now: datetime) -> Clause:
    """Proposes a change with its purpose; where it only protects people it holds at once.

    Refused: to whoever speaks for nobody there, and while the same thing waits for an answer.
    """
    there = people.unit(session, unit)
    if there is None or item not in ITEMS or not store.side(people.viewer(session, by, now), there.path).any:
        raise Refused("assessment.agreement.not_yours")
    if store.switches(session, there.path)[item] is on:
        raise Refused("assessment.agreement.is_so")
    key = f"{unit}:{item}"
    _lapse(session, key, now)
    values = {
        "unit_id": unit, "path": there.path, "item": item, "is_on": on, "purpose": purpose, "state": State.ASKED.value,
        "open_key": key, "asked_by": by, "asked_at": now,
    }  # fmt: skip
    id = insert_once(session, AgreementRow, values, "open_key")
    found = store.clause(session, id) if id is not None else None
    if found is None:
        raise Refused("assessment.agreement.waits")
    if rules.protects(item, on):
        return _hold(session, found, by, TAKEN_BACK, now)
    record(session, Fact(ASKED, f"agreement:{id}:asked", now, by, body=_body(found)), now)
    _tell_speakers(session, found, now)
    return found


def answer(session: Session, by: int, id: int, yes: bool, now: datetime) -> Clause:
    """The second person's word. Refused: to whoever asked, to whoever speaks for the same side, and the second time."""
    found = store.clause(session, id)
    other = store.side(people.viewer(session, by, now), found.path) if found else None
    if found is None or other is None or not other.any:
        raise Refused("assessment.agreement.not_yours")
    if found.state is not State.ASKED or not rules.is_open(found, now):
        raise Refused("assessment.agreement.answered")
    if not yes:
        return _refuse(session, found, by, now)
    asker = store.side(people.viewer(session, found.asked_by, now), found.path)
    if not rules.may_agree(asker, other, store.has_council(session, found.path, now)):
        raise Refused("assessment.agreement.needs_other")
    return _hold(session, found, by, AGREED, now)


def _hold(session: Session, found: Clause, by: int, kind: FactKind, now: datetime) -> Clause:
    """It holds from now on, in place of what held before."""
    key = f"{found.unit}:{found.item}"
    before = update(AgreementRow).where(AgreementRow.held_key == key, AgreementRow.state == State.HOLDS)
    session.execute(before.values(state=State.ENDED.value, held_key=None, ended_by=by, ended_at=now))
    values = {"state": State.HOLDS.value, "open_key": None, "held_key": key, "answered_by": by, "answered_at": now}
    _settle(session, found, values)
    agreement.forget(session)
    record(session, Fact(kind, f"agreement:{found.id}:holds", now, by, body=_body(found)), now)
    jobs.enqueue(session, TELL, {"clause": found.id, "after": 0}, key=f"{TELL}:{found.id}:0", now=now)
    return _again(session, found)


def _refuse(session: Session, found: Clause, by: int, now: datetime) -> Clause:
    _settle(
        session,
        found,
        {"state": State.REFUSED.value, "open_key": None, "answered_by": by, "answered_at": now},
    )
    record(session, Fact(REFUSED, f"agreement:{found.id}:refused", now, by, body=_body(found)), now)
    if found.asked_by != by:
        said = Message(text("assessment.agreement.was_refused", line=line(session, _again(session, found), now)))
        outbox.send(session, outbox.to_person(found.asked_by), said, Lane.REPLY, now, key=f"agreement:{found.id}:no")
    return _again(session, found)


def _settle(session: Session, found: Clause, values: dict[str, Any]) -> None:
    which = update(AgreementRow).where(AgreementRow.id == found.id, AgreementRow.state == State.ASKED)
    if changed(session, which.values(**values)) != 1:
        raise Refused("assessment.agreement.answered")


def _lapse(session: Session, key: str, now: datetime) -> None:
    """A proposal that nobody answered in its time makes room for another."""
    stale = update(AgreementRow).where(AgreementRow.open_key == key, AgreementRow.asked_at <= now - OPEN_FOR)
    session.execute(stale.values(state=State.REFUSED.value, open_key=None))


def _again(session: Session, found: Clause) -> Clause:
    again = store.clause(session, found.id)
    assert again is not None
    return again


def _body(found: Clause) -> dict[str, object]:
    return {"clause": found.id, "item": found.item, "unit": found.unit, "on": found.is_on}


def _tell_speakers(session: Session, found: Clause, now: datetime) -> None:
    asker = store.side(people.viewer(session, found.asked_by, now), found.path)
    council = store.has_council(session, found.path, now)
    said = Message(
        text("assessment.agreement.proposed", line=line(session, found, now)),
        rows(button("assessment.agreement.b_open", f"wa:open:{found.id}")),
    )
    for each in store.speakers(session, found.path, now):
        other = store.side(people.viewer(session, each.id, now), found.path)
        if rules.may_agree(asker, other, council):
            key = f"agreement:{found.id}:proposed:{each.id}"
            outbox.send(session, outbox.to_person(each.id), said, Lane.BULK, now, key=key, unasked=PROPOSED)


def line(session: Session, found: Clause, now: datetime) -> Text:
    """A line of the agreement in words: what, where, by whom, since when, what for."""
    unit = people.unit(session, found.unit)
    names = [_name(session, id, now) for id in dict.fromkeys((found.asked_by, found.answered_by)) if id]
    return text(
        "assessment.agreement.line", what=text("assessment.agreement.item", item=found.item), on=found.is_on,
        unit=unit.label if unit else "", state=found.state.value, names=names, purpose=found.purpose,
        at=(found.answered_at or found.asked_at).isoformat(),
        ended=found.ended_at.isoformat() if found.ended_at else "",
    )  # fmt: skip


def _name(session: Session, id: int, now: datetime) -> str:
    who = people.person(session, id, now)
    return who.name if who else "–"
