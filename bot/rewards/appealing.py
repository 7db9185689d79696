"""Appeals: asked by whom a row concerns, decided by somebody named who did not give it, passed on when that takes too long."""

from __future__ import annotations

from collections.abc import Callable
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
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Viewer
from bot.rewards import actions, rules, store
from bot.rewards.model import APPEALED, DECIDE, DECIDED, ESCALATED, PASSED_ON, Appeal, AppealState, Kind, Row
from bot.rewards.tables import PointAppealRow

SLICE = 20
MOST_POINTS = 1000
also_gave: list[Callable[[Session, Row], tuple[int, ...]]] = []
"""Who else had a hand in a row, as another part of this room knows: whoever proposed a penalty does not decide its appeal."""


def gave(session: Session, row: Row) -> tuple[int, ...]:
    """Everybody who had a hand in a row: none of them decides about it."""
    found = [row.by] if row.by else []
    before = store.row(session, row.reverses) if row.reverses else None
    found += gave(session, before) if before is not None else ()
    for ask in also_gave:
        found += ask(session, row)
    return tuple(dict.fromkeys(found))


def appeal(session: Session, person: int, row: int, words: str, now: datetime) -> Appeal:
    """Asks for a row to be looked at again. Refused: to others, too late, a second time, and without words."""
    found = store.row(session, row)
    if found is None or found.person != person:
        raise Refused("rewards.not_yours")
    if not rules.may_appeal(found, person, now):
        raise Refused("rewards.too_late")
    if not words.strip() or len(words) > rules.MOST_WORDS:
        raise Refused("rewards.reason_needed", most=rules.MOST_WORDS)
    decider = rules.next_decider(_able(session, found, now), ())
    values = {
        "point_id": row, "person_id": person, "path": found.path, "words": words.strip(), "asked_at": now,
        "decider_id": decider, "due_at": now + rules.DECIDE, "level": 0, "tried": [decider] if decider else [],
        "state": AppealState.OPEN.value,
    }  # fmt: skip
    id = insert_once(session, PointAppealRow, values, "point_id")
    if id is None:
        raise Refused("rewards.appealed_before")
    made = _appeal(session, id)
    body = {"appeal": id, "row": row, "kind": found.kind.value}
    record(session, Fact(APPEALED, f"point-appeal:{id}", now, person, body=body), now)
    _ask(session, made, now)
    return made


def decide(
    session: Session, by: Viewer, id: int, grant: bool, reason: str, now: datetime, *, instead: int = 0
) -> Appeal:
    """The word of the one who is named. Granted: the row is taken back exactly, and `instead` points stand in its place.

    Refused: to everybody else, to whoever gave the row, and when it is decided.
    """
    found = _appeal(session, id)
    row = store.row(session, found.row)
    assert row is not None
    if found.decider != by.person or not by.holds(store.HR, found.path):
        raise Refused("rewards.not_named")
    if by.person == found.person or by.person in gave(session, row):
        raise Refused("rewards.not_the_same")
    if not reason.strip() or len(reason) > rules.MOST_WORDS:
        raise Refused("rewards.reason_needed", most=rules.MOST_WORDS)
    if grant and not row.amount < instead <= MOST_POINTS:
        raise Refused("rewards.never_worse")
    state = AppealState.GRANTED if grant else AppealState.REFUSED
    values = {"state": state.value, "decided_by": by.person, "decided_at": now, "reason": reason.strip()}
    which = (PointAppealRow.id == id, PointAppealRow.state == "open", PointAppealRow.decider_id == by.person)
    if changed(session, update(PointAppealRow).where(*which).values(**values)) != 1:
        raise Refused("rewards.changed_meanwhile")
    if grant:
        _put_right(session, row, by.person, id, instead, reason.strip(), now)
    body = {"appeal": id, "row": row.id, "granted": grant, "late": rules.is_late(found, now), "level": found.level}
    record(session, Fact(DECIDED, f"point-appeal:{id}:decided", now, by.person, body=body), now)
    _tell(session, _appeal(session, id), now)
    return _appeal(session, id)


def _put_right(session: Session, row: Row, by: int, id: int, instead: int, reason: str, now: datetime) -> None:
    # somebody may have taken the row back meanwhile: then nothing is taken back twice
    actions.reverse(session, row, by, reason, now, refers=id)
    who = people.person(session, row.person, now)
    if instead and who is not None:
        actions.write(session, f"appeal:{id}", who, instead, Kind.CORRECTED, now, refers=id, by=by, reason=reason)


def pass_on(session: Session, found: Appeal, now: datetime) -> None:
    """Whoever was named has not decided in time (or has left): it goes to the next, and everybody concerned hears of it."""
    row = store.row(session, found.row)
    assert row is not None
    decider = rules.next_decider(_able(session, row, now), found.tried)
    level = found.level + 1
    values = {
        "decider_id": decider, "due_at": now + rules.DECIDE_AFTER, "level": level,
        "tried": [*found.tried, decider] if decider else list(found.tried),
    }  # fmt: skip
    which = (PointAppealRow.id == found.id, PointAppealRow.state == "open", PointAppealRow.level == found.level)
    if changed(session, update(PointAppealRow).where(*which).values(**values)) != 1:
        return
    body = {"appeal": found.id, "level": level}
    record(session, Fact(ESCALATED, f"point-appeal:{found.id}:level:{level}", now, unit=row.unit, body=body), now)
    made = _appeal(session, found.id)
    _ask(session, made, now)
    named = people.person(session, decider, now) if decider else None
    said = text(
        "rewards.appeal_passed_on", number=row.id, name=named.name if named else "", due=made.due_at.isoformat()
    )
    for id in {found.person, found.decider} - {None, decider}:
        assert id is not None
        key = f"point-appeal:{found.id}:passed:{level}:{id}"
        outbox.send(session, outbox.to_person(id), Message(said), Lane.BULK, now, key=key, unasked=PASSED_ON)


def escalate_due(session: Session, now: datetime) -> bool:
    """Passes on what is due; True while more is left."""
    found = store.appeals_due(session, now, SLICE)
    for each in found:
        pass_on(session, each, now)
    return len(found) == SLICE


def leave(session: Session, leaver: int, now: datetime) -> None:
    """Somebody has left: what they were to decide goes on at once."""
    for found in store.appeals_for(session, leaver):
        pass_on(session, found, now)


def _able(session: Session, row: Row, now: datetime) -> list[int]:
    besides = (row.person, *gave(session, row))
    return [who.id for who in store.able(session, row.path, besides, now)]


def _ask(session: Session, found: Appeal, now: datetime) -> None:
    if found.decider is None:
        return
    who = people.person(session, found.person, now)
    said = text(
        "rewards.appeal_asked",
        number=found.row,
        name=who.name if who else "",
        words=found.words,
        due=found.due_at.isoformat(),
    )
    message = Message(said, rows(button("rewards.b_decide", f"pts:appeal:{found.id}", number=found.row)))
    key = f"point-appeal:{found.id}:{found.level}:{found.decider}"
    outbox.send(session, outbox.to_person(found.decider), message, Lane.BULK, now, key=key, unasked=DECIDE)


def _tell(session: Session, found: Appeal, now: datetime) -> None:
    by = people.person(session, found.decided_by, now) if found.decided_by else None
    said = text(
        "rewards.appeal_decided", number=found.row, granted=found.state is AppealState.GRANTED, name=by.name if by else "",
        reason=found.reason or "", balance=store.balance(session, found.person),
    )  # fmt: skip
    key = f"point-appeal:{found.id}:decided"
    outbox.send(session, outbox.to_person(found.person), Message(said), Lane.REPLY, now, key=key)


def _appeal(session: Session, id: int) -> Appeal:
    found = store.appeal(session, id)
    if found is None:
        raise Refused("rewards.not_yours")
    return found
