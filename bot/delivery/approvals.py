"""What one person alone may not do: it waits until a second named person says yes, for so long, and for no longer.

A room asks with the job that does it; the job runs once the matter is settled, with `agreed` and who said so, and looks again
whether the one who asked still may. Both words are votes at a gate (`delivery.gates`), and every step is a fact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once
from bot.delivery import gates, outbox
from bot.delivery.model import DONE_ALONE, SECOND_ASKED, SECOND_SAID
from bot.delivery.outbox import Lane
from bot.delivery.tables import ApprovalRow
from bot.kit.errors import Refused
from bot.kit.gates import Gate, GateState
from bot.kit.replies import Message, button, from_json, rows, to_json
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import oncall
from bot.people import store as people
from bot.people.model import AT_LEAST, Person, Role

SECOND = "second"
SLICE = 50


@dataclass
class Usual:
    """What the company has set: how many people make a broadcast a large one, and how long a second word is waited for."""

    over: int = 500
    lasts: timedelta = timedelta(hours=24)


usual = Usual()


@dataclass(frozen=True)
class Matter:
    """What is to be done. `what` is its kind on the audit trail, `said` how it is put to whoever is asked.

    `roles`: who may be the second, over `path`. `barred` may not: whoever it is about.
    """

    what: str
    job: str
    payload: dict[str, Any]
    said: Text
    path: str
    roles: tuple[Role, ...]
    barred: frozenset[int] = frozenset()


def able(session: Session, matter: Matter, by: int, now: datetime) -> list[Person]:
    """Who could be the second person: they hold one of the roles, and it is neither about them nor asked by them."""
    found = oncall.holders(session, matter.roles, matter.path, now)
    people_ = {person.id: person for held in found.values() for person, _ in held}
    return [person for id, person in sorted(people_.items()) if id != by and id not in matter.barred]


def at_least(role: Role) -> tuple[Role, ...]:
    """A role and those that include it."""
    return tuple(sorted(AT_LEAST[role], key=list(Role).index))


def ask(session: Session, by: int, matter: Matter, now: datetime, *, key: str) -> int:
    """Puts a matter to everybody who could be the second; its number. Raises Refused: nobody could.

    And where `key` was used before: a word that was given for something else does not count for this.
    """
    seconds = able(session, matter, by, now)
    if not seconds:
        raise Refused("delivery.nobody_seconds")
    values = {
        "key": key, "what": matter.what, "job": matter.job, "payload": matter.payload, "path": matter.path,
        "said": to_json(Message(matter.said)), "roles": [role.value for role in matter.roles], "state": "waiting",
        "barred": sorted(matter.barred), "asked_by": by, "asked_at": now, "expires_at": now + usual.lasts,
    }  # fmt: skip
    id: int | None = insert_once(session, ApprovalRow, values, "key")
    if id is None:
        raise Refused("delivery.second_settled")
    gates.vote(session, _subject(id), by, True, (), now)
    record(session, Fact(SECOND_ASKED, f"second:{id}:asked", now, by, body={"matter": id, "what": matter.what}), now)
    me = people.person(session, by, now)
    said = text(
        "delivery.second_asked", what=matter.said, by=me.name if me else "", until=(now + usual.lasts).isoformat()
    )
    yes, no = button("delivery.second_yes", f"dl.yes:{id}"), button("delivery.second_no", f"dl.no:{id}")
    message = Message(said, rows(yes, no), ref=_ref(id))
    for second in seconds:
        outbox.send(session, outbox.to_person(second.id), message, Lane.REPLY, now, key=f"second:{id}:{second.id}")
    return id


def alone(session: Session, by: int, what: str, about: int, key: str, now: datetime) -> None:
    """Notes that somebody did it without a second person, since nobody else could give that word."""
    body = {"what": what, "about": about}
    record(session, Fact(DONE_ALONE, f"alone:{key}", now, by, body=body), now)


def decide(session: Session, id: int, by: int, yes: bool, now: datetime) -> Message:
    """A second person says yes or no; what now stands where it was asked. Raises Refused: not theirs, or settled."""
    row = session.get(ApprovalRow, id, populate_existing=True)
    if row is None or not _may(session, row, by, now):
        raise Refused("delivery.not_yours_to_second")
    if row.state != "waiting" or row.expires_at <= now:
        raise Refused("delivery.second_settled")
    gates.vote(session, _subject(id), by, yes, (SECOND,), now)
    gate = Gate(2, (SECOND,), frozenset(row.barred))
    stands = gates.view(session, _subject(id), gate).state
    if stands is GateState.WAITING or not _settle(session, row, "agreed" if yes else "refused", by, now):
        raise Refused("delivery.second_settled")
    return outcome(session, row, now)


def expire(session: Session, now: datetime) -> bool:
    """A tick: what nobody has seconded in time is not done."""
    due = select(ApprovalRow).where(ApprovalRow.state == "waiting", ApprovalRow.expires_at <= now).limit(SLICE)
    found = list(session.scalars(due))
    for row in found:
        _settle(session, row, "expired", None, now)
    return len(found) == SLICE


def withdraw(session: Session, key: str, now: datetime) -> None:
    """What was asked for is no longer wanted."""
    row = session.scalar(select(ApprovalRow).where(ApprovalRow.key == key, ApprovalRow.state == "waiting"))
    if row is not None:
        _settle(session, row, "withdrawn", None, now)


def withdraw_all(session: Session, begins: str, now: datetime) -> None:
    """Nothing that waits under a key that begins so is wanted any more."""
    waits = (ApprovalRow.key.startswith(begins, autoescape=True), ApprovalRow.state == "waiting")
    for row in list(session.scalars(select(ApprovalRow).where(*waits).order_by(ApprovalRow.id))):
        _settle(session, row, "withdrawn", None, now)


def agreed(session: Session, id: int) -> ApprovalRow | None:
    """A matter that was agreed to."""
    row = session.get(ApprovalRow, id, populate_existing=True)
    return row if row is not None and row.state == "agreed" else None


def is_agreed(session: Session, key: str) -> bool:
    """Whether what was asked for under a key was agreed to."""
    state = session.scalar(select(ApprovalRow.state).where(ApprovalRow.key == key))
    return state == "agreed"


def outcome(session: Session, row: ApprovalRow, now: datetime) -> Message:
    """How a matter ended, in words."""
    first, second = (people.person(session, id or 0, now) for id in (row.asked_by, row.decided_by))
    names = {"by": first.name if first else "", "second": second.name if second else ""}
    return Message(text("delivery.second_outcome", what=_said(row), state=row.state, **names), ref=_ref(row.id))


def _settle(session: Session, row: ApprovalRow, state: str, by: int | None, now: datetime) -> bool:
    """From waiting to its end, once: the trail, the job, and everybody who was asked sees how it ended."""
    waits = (ApprovalRow.id == row.id, ApprovalRow.state == "waiting")
    if changed(session, update(ApprovalRow).where(*waits).values(state=state, decided_by=by, decided_at=now)) != 1:
        return False
    session.refresh(row)
    body = {"matter": row.id, "what": row.what, "outcome": state}
    record(session, Fact(SECOND_SAID, f"second:{row.id}:{state}", now, by, body=body), now)
    done = {"matter": row.id, "agreed": state == "agreed", "by": row.asked_by, "second": by}
    jobs.enqueue(session, row.job, row.payload | done, key=f"second:{row.id}", now=now)
    message = outcome(session, row, now)
    outbox.edit_ref(session, _ref(row.id), message, now)
    told = Message(message.text)
    outbox.send(session, outbox.to_person(row.asked_by), told, Lane.REPLY, now, key=f"second:{row.id}:{state}")
    return True


def _may(session: Session, row: ApprovalRow, who: int, now: datetime) -> bool:
    viewer = people.viewer(session, who, now)
    barred = {row.asked_by, *row.barred}
    if viewer is None or who in barred or not any(viewer.has(role, row.path) for role in _roles(row)):
        return False
    # nobody is made a second person once it is asked: whoever came to the role after that was not looked at
    held = oncall.holders(session, _roles(row), row.path, row.asked_at)
    return any(person.id == who for each in held.values() for person, _ in each)


def _roles(row: ApprovalRow) -> Iterable[Role]:
    return (Role(each) for each in row.roles)


def _said(row: ApprovalRow) -> Text:
    return from_json(row.said).text or text("delivery.just", text="")


def _subject(id: int) -> str:
    return f"approval:{id}"


def _ref(id: int) -> str:
    return f"approval:{id}"
