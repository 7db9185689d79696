"""Adding entries of the review, taking them a step on, noting, ending; and carrying over what is open."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.analysis.review import rules, store
from bot.analysis.review.model import (
    ADDED,
    CARRIED,
    ENDED,
    GOES_ON,
    MOST_WORDS,
    MOVED,
    NOTED,
    YOURS,
    Item,
    Kind,
    Phase,
    State,
)
from bot.analysis.review.tables import ReviewEventRow, ReviewItemRow
from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import store as people
from bot.people.company import leaders, successor

MOST_PASSED = 500


def add(
    session: Session, by: int, key: str, unit: int, kind: Kind, words: str, owner: int, due_on: date, now: datetime
) -> Item:
    """A new entry, once a key, in the step *plan*. Refused: to whoever does not lead there; an owner who is not at work there."""
    there, who = people.unit(session, unit), people.person(session, owner, now)
    if there is None or not any(there.path.startswith(path) for path in store.led(session, by, now)):
        raise Refused("analysis.review.not_yours")
    own = who is not None and who.left_on is None
    led = any(there.path.startswith(path) for path in store.led(session, owner, now))
    if not own or not (led or (who is not None and who.path.startswith(there.path))):
        raise Refused("analysis.review.not_of_unit")
    month = rules.month_of(local_date(now, there.zone))
    values = {
        "key": key, "unit_id": unit, "path": there.path, "kind": kind.value, "phase": Phase.PLAN.value,
        "state": State.OPEN.value, "words": words[:MOST_WORDS], "owner_id": owner, "due_on": due_on, "opened_on": month,
        "month_on": month, "round": 0, "added_by": by, "added_at": now,
    }  # fmt: skip
    id = insert_once(session, ReviewItemRow, values, "key")
    if id is None:
        raise Refused("analysis.review.changed")
    found = store.item(session, id)
    assert found is not None
    _note(session, found, ADDED, "added", by, now, f"{id}", words=None, due_on=due_on, unit=unit, kind=kind.value)
    if owner != by:
        outbox.send(
            session, outbox.to_person(found.owner), _said(found, "analysis.review.yours"), Lane.LESSON, now,
            key=f"review:{id}:yours", unasked=YOURS,
        )  # fmt: skip
    return found


def go_on(session: Session, by: int, id: int, to: Phase, now: datetime) -> Item:
    """Takes an entry a step on. Refused: to others than its owner and whoever leads; where it stands at another step by now."""
    found = _mine(session, by, id, now)
    if rules.after(found.phase) is not to:
        raise Refused("analysis.review.changed")
    fresh = _change(session, found, phase=to.value)
    _note(session, fresh, MOVED, "phase", by, now, f"{id}:{to.value}:{found.round}", phase=to.value)
    return fresh


def note(session: Session, by: int, id: int, words: str, now: datetime) -> Item:
    """Something to remember stands in its history."""
    found = _mine(session, by, id, now)
    fresh = _change(session, found)
    _note(session, fresh, NOTED, "note", by, now, f"{id}:note:{found.round}", words=words[:MOST_WORDS], of="note")
    return fresh


def set_due(session: Session, by: int, id: int, due_on: date, now: datetime) -> Item:
    """Another day; the one before stays in its history."""
    found = _mine(session, by, id, now)
    fresh = _change(session, found, due_on=due_on)
    _note(session, fresh, NOTED, "due", by, now, f"{id}:due:{found.round}", due_on=due_on, of="due")
    return fresh


def end(session: Session, by: int, id: int, state: State, words: str, now: datetime) -> Item:
    """It is done or given up, with what came of it."""
    found = _mine(session, by, id, now)
    fresh = _change(session, found, state=state.value, ended_at=now)
    unit = people.unit(session, found.unit)
    late = local_date(now, unit.zone if unit else "UTC") > found.due_on
    _note(
        session,
        fresh,
        ENDED,
        state.value,
        by,
        now,
        f"{id}:ended",
        words=words[:MOST_WORDS],
        state=state.value,
        late=late,
    )
    return fresh


def carry(session: Session, found: Item, month: date, now: datetime) -> None:
    """What is open goes on into a new month, once, and its owner hears of it."""
    which = (ReviewItemRow.id == found.id, ReviewItemRow.state == State.OPEN.value, ReviewItemRow.month_on < month)
    moved = update(ReviewItemRow).where(*which).values(month_on=month, round=ReviewItemRow.round + 1)
    if changed(session, moved) != 1:
        return
    fresh = store.item(session, found.id)
    assert fresh is not None
    nth = rules.months_between(found.opened, month)
    _note(session, fresh, CARRIED, "carried", None, now, f"{found.id}:{month}", months=nth)
    outbox.send(
        session, outbox.to_person(fresh.owner), _said(fresh, "analysis.review.goes_on"), Lane.LESSON, now,
        key=f"review:{found.id}:{month}", unasked=GOES_ON,
    )  # fmt: skip


def pass_on(session: Session, leaver: int, now: datetime) -> None:
    """Open entries of somebody who has left go to whoever takes over from them, else to who leads there; these are told."""
    mine = (ReviewItemRow.owner_id == leaver, ReviewItemRow.state == State.OPEN.value)
    for row in session.scalars(select(ReviewItemRow).where(*mine).order_by(ReviewItemRow.id).limit(MOST_PASSED)).all():
        found = store.as_item(row)
        heir = successor(session, leaver) or next(
            (each.id for each in leaders(session, found.path, now, besides=leaver)), None
        )
        if heir is None or people.person(session, heir, now) is None:
            continue
        which = (ReviewItemRow.id == found.id, *mine)
        if (
            changed(session, update(ReviewItemRow).where(*which).values(owner_id=heir, round=ReviewItemRow.round + 1))
            != 1
        ):
            continue
        fresh = store.item(session, found.id)
        assert fresh is not None
        _note(session, fresh, NOTED, "passed", heir, now, f"{found.id}:passed:{leaver}", of="passed")
        outbox.send(
            session, outbox.to_person(heir), _said(fresh, "analysis.review.yours"), Lane.LESSON, now,
            key=f"review:{found.id}:passed:{leaver}", unasked=YOURS,
        )  # fmt: skip


def _mine(session: Session, by: int, id: int, now: datetime) -> Item:
    found = store.item(session, id)
    if found is None or not store.may(session, found, by, now):
        raise Refused("analysis.review.not_yours")
    if found.state is not State.OPEN:
        raise Refused("analysis.review.ended")
    return found


def _change(session: Session, found: Item, **values: Any) -> Item:
    """Writes an entry as it was seen. Refused where somebody else was quicker."""
    which = (ReviewItemRow.id == found.id, ReviewItemRow.round == found.round, ReviewItemRow.state == State.OPEN.value)
    if changed(session, update(ReviewItemRow).where(*which).values(round=found.round + 1, **values)) != 1:
        raise Refused("analysis.review.changed")
    fresh = store.item(session, found.id)
    assert fresh is not None
    return fresh


def _note(
    session: Session, found: Item, fact: FactKind, what: str, by: int | None, now: datetime, key: str, *,
    words: str | None = None, due_on: date | None = None, of: str = "", **body: Any,
) -> None:  # fmt: skip
    row = ReviewEventRow(
        item_id=found.id, at=now, person_id=by, what=what, phase=found.phase.value, month_on=found.month, words=words,
        due_on=due_on,
    )  # fmt: skip
    session.add(row)
    session.flush()
    said = {"item": found.id, **body, **({"what": of} if of else {})}
    record(session, Fact(fact, f"review:{what}:{key}", now, by or found.owner, body=said), now)


def _said(found: Item, key: str) -> Message:
    said = text(key, words=found.words, due=found.due_on.isoformat(), kind=found.kind.value, phase=found.phase.value)
    return Message(said, rows(button("analysis.review.b_open", f"rv:open:{found.id}", number=found.id)))
