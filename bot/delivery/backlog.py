"""What was held back because somebody's day was full: told of in one message of the next day, shown when they ask."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once, table_of
from bot.db.writer import after_commit
from bot.delivery import budget
from bot.delivery.model import WAITING, Overflow, UnaskedKind
from bot.delivery.tables import OutboxRow, in_state
from bot.kit.quiet import quiet_ends
from bot.kit.replies import Message, button, rows, to_json
from bot.kit.texts import Text, text
from bot.people import agreement
from bot.people import store as people
from bot.people.model import Person

HELD = "held"
SHOWN = 5
"""So many are shown at one press; a chat takes a message a second."""
LESSON_LANE, REPLY_LANE = 2, 1
_o = table_of(OutboxRow)


@dataclass(frozen=True)
class Line:
    """A kind of which something waits: its title as a text key, how many."""

    title: str
    count: int


def overflow(session: Session, row: int, who: Person, now: datetime) -> None:
    """A message that waits has lost its place: it goes where its kind says."""
    found = session.execute(select(_o).where(_o.c.id == row, _o.c.state == "waiting")).first()
    if found is None:
        return
    kind = budget.kind_of(found.kind or "")
    if kind.overflow is Overflow.LEAVE:
        leave(session, row, now)
        return
    if kind.overflow is Overflow.DEFER:
        later = budget.next_place(session, who, kind, found.not_before, now)
        if (later.at <= found.created_at + kind.late_after or kind is WAITING) and not _too_late(found, later.at):
            session.execute(update(_o).where(_o.c.id == row, _o.c.state == "waiting").values(not_before=later.at))
            if later.displaced is not None:
                overflow(session, later.displaced, who, now)
            return
    if changed(session, update(_o).where(_o.c.id == row, _o.c.state == "waiting").values(state=HELD)) == 1:
        tell(session, who, now)


def displace(session: Session, row: int, person: int, now: datetime) -> None:
    """`overflow`, of somebody by their id."""
    who = people.person(session, person, now)
    if who is not None:
        overflow(session, row, who, now)


def _too_late(row: Any, at: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= at


def leave(session: Session, row: int, now: datetime) -> None:
    """A message that will not be sent; whoever asked to hear of a failure hears of it."""
    left = update(_o).where(_o.c.id == row, _o.c.state == "waiting").values(state="left", settled_at=now)
    found = session.execute(left.returning(_o.c.key, _o.c.person_id, _o.c.ref, _o.c.on_failure)).first()
    if found is not None and found.on_failure is not None:
        payload = {"key": found.key, "person": found.person_id, "ref": found.ref}
        jobs.enqueue(session, found.on_failure, payload, key=f"failed:{row}", now=now)


def tell(session: Session, who: Person, now: datetime) -> None:
    """Sees to it that one message of a coming day says what is held back for somebody, with all of it in it."""
    if budget.budget.per_day == 0:
        return
    mine = (_o.c.person_id == who.id, _o.c.kind == WAITING.name, in_state == "waiting", _o.c.not_before > now)
    found = session.execute(select(_o.c.id, _o.c.not_before).where(*mine).order_by(_o.c.id).limit(1)).first()
    carrier = _carrier(session, who, now) if found is None else _sooner(session, who, found, now)
    fresh = (_o.c.person_id == who.id, in_state == HELD, or_(_o.c.joined_to.is_(None), _o.c.joined_to == carrier))
    session.execute(update(_o).where(*fresh).values(joined_to=carrier))
    session.execute(update(_o).where(_o.c.id == carrier).values(payload=to_json(_message(waiting(session, who.id)))))


def tell_person(session: Session, person: int, now: datetime) -> None:
    """The same, by their id."""
    who = people.person(session, person, now)
    if who is not None:
        tell(session, who, now)


def _due(session: Session, who: Person, now: datetime) -> datetime:
    """When the first of what is held back for somebody, and stands in no message yet, is late."""
    held = select(_o.c.kind, _o.c.created_at).where(
        _o.c.person_id == who.id, in_state == HELD, _o.c.joined_to.is_(None)
    )
    late = [row.created_at + budget.kind_of(row.kind or "").late_after for row in session.execute(held)]
    return min(late, default=now + WAITING.late_after)


def _sooner(session: Session, who: Person, carrier: Any, now: datetime) -> int:
    """The message that tells of what waits, moved to a nearer morning where something would be late by it."""
    by = _due(session, who, now)
    place = budget.next_place(session, who, WAITING, now, now, by) if carrier.not_before > by else None
    if place is not None and place.at < carrier.not_before:
        session.execute(update(_o).where(_o.c.id == carrier.id, in_state == "waiting").values(not_before=place.at))
        if place.displaced is not None:
            overflow(session, place.displaced, who, now)
    return int(carrier.id)


def _carrier(session: Session, who: Person, now: datetime) -> int:
    place = budget.next_place(session, who, WAITING, now, now, _due(session, who, now))
    values = {
        "key": f"waiting:{who.id}:{place.at.isoformat()}:{now.isoformat()}", "lane": LESSON_LANE, "method": "send",
        "person_id": who.id, "payload": to_json(_message([])), "unasked": True, "kind": WAITING.name,
        "state": "waiting", "uncertain": False, "attempts": 0, "made": 0, "not_before": place.at, "created_at": now,
    }  # fmt: skip
    row: int | None = insert_once(session, OutboxRow, values, "key")
    assert row is not None, "its key has the instant in it"
    if place.displaced is not None:
        # only now: what loses its place is listed in the message that took it
        overflow(session, place.displaced, who, now)
    after_commit(session, "outbox")
    return row


def _message(lines: list[Line]) -> Message:
    items = [{"title": Text(line.title), "count": line.count} for line in lines]
    return Message(text("delivery.waiting", items=items), rows(button("delivery.show_waiting", "dl.waiting")))


def waiting(session: Session, person: int) -> list[Line]:
    """What is held back for somebody, what goes first in front."""
    found = Counter(session.scalars(_held, {"person": person}))
    kinds = sorted((budget.kind_of(name or "") for name in found), key=lambda kind: (kind.rank, kind.name))
    return [Line(kind.title, found[kind.name]) for kind in kinds]


_held = select(_o.c.kind).where(_o.c.person_id == bindparam("person"), in_state == HELD)


def show(session: Session, person: int, now: datetime, most: int = SHOWN) -> tuple[int, int]:
    """Sends what is held back for somebody who asks for it; answers how many were sent and how many still wait."""
    query = select(_o.c.id, _o.c.kind).where(_o.c.person_id == person, in_state == HELD)
    found = sorted(session.execute(query).all(), key=lambda row: (budget.kind_of(row.kind or "").rank, row.id))
    ids = [row.id for row in found[:most]]
    if ids:
        # asked for now: it counts in no day, and nobody waits behind lessons for it
        asked = {"state": "waiting", "unasked": False, "lane": REPLY_LANE, "not_before": now}
        session.execute(update(_o).where(_o.c.id.in_(ids), _o.c.state == HELD).values(**asked))
        after_commit(session, "outbox")
    return len(ids), len(found) - len(ids)


def settle(session: Session, now: datetime, most: int = 200) -> bool:
    """Drops what was held back for too long, and messages that would tell of nothing; True while more may be left."""
    old = select(_o.c.id).where(_o.c.state == HELD, _o.c.expires_at <= now).limit(most)
    gone = session.scalars(update(_o).where(_o.c.id.in_(old)).values(state="waiting").returning(_o.c.id)).all()
    for row in gone:
        leave(session, row, now)
    held = _o.alias()
    soon = (_o.c.state == "waiting", _o.c.kind == WAITING.name, _o.c.not_before <= now + timedelta(minutes=1))
    something = exists().where(held.c.joined_to == _o.c.id, held.c.person_id == _o.c.person_id, held.c.state == HELD)
    telling = select(_o.c.id).where(*soon, ~something.correlate(_o)).limit(most)
    session.execute(delete(_o).where(_o.c.id.in_(telling), _o.c.state == "waiting"))
    return len(gone) == most


def whose(
    session: Session, person: int, kind: UnaskedKind, start: datetime, now: datetime, silent: bool, topic: str | None
) -> budget.Place:
    """Where a message goes that could go at `start`: after quiet hours (one without a sound disturbs nobody), in the budget.

    What it displaces is moved by `displace` once the message is there. One of the same `topic`, which it replaces, counts
    nowhere.
    """
    who = people.person(session, person, start)
    if who is None:
        return budget.Place(start)
    first = budget.at_work(session, who, start if silent else quiet_ends(who.quiet, start))
    return budget.place(session, who, kind, first, now, topic)


def is_off(session: Session, person: int, kind: UnaskedKind, now: datetime) -> bool:
    """Whether it was agreed that the room of a kind is not used where somebody works: then nothing is sent."""
    return agreement.room_is_off_for(session, kind.room, person, now)
