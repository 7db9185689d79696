"""Starting a survey, taking an answer, ending it. Each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane, to_person
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people.model import Person, Role
from bot.voice import whom
from bot.voice.pulse import rules, showing, store
from bot.voice.pulse.model import ASKED, CLOSED, FIVE, OVER, SCALE, STARTED, Pulse
from bot.voice.pulse.tables import PulseCellRow, PulsePersonRow, PulseRow

STARTER = Role.SAFETY_OFFICER


def start(
    session: Session,
    who: Person,
    key: str,
    unit: int,
    statements: Sequence[Mapping[str, str]],
    days: int,
    now: datetime,
) -> Pulse:
    """Starts a survey, once a key. Refused: without the right, for a unit of fewer than five people, and while
    another asks some of the same people: the difference of two could tell of the few that only one has asked.
    """
    there = whom.led_unit(session, who, unit, now, STARTER)
    if store.people_under(session, there.path, now) < FIVE:
        raise Refused("voice.pulse.too_few", least=FIVE)
    if store.overlaps(session, there.path, key):
        raise Refused("voice.pulse.one_at_a_time")
    closes = now + timedelta(days=days)
    values = {
        "key": key, "unit_id": unit, "path": there.path, "statements": [dict(each) for each in statements], "opens_at": now,
        "closes_at": closes, "remind_at": rules.half(now, closes), "state": "open", "started_by": who.id, "asked": 0,
        "answered": 0,
    }  # fmt: skip
    id = insert_once(session, PulseRow, values, "key")
    if id is None:
        id = session.scalar(select(PulseRow.id).where(PulseRow.key == key))
    found = store.pulse(session, id)
    assert found is not None
    body = {"pulse": id, "unit": unit, "statements": len(found.statements), "days": days}
    record(session, Fact(STARTED, f"pulse:{id}", now, who.id, body=body), now)
    return found


def ask(session: Session, found: Pulse, now: datetime, most: int) -> int:
    """Asks those who were not asked; answers how many."""
    asked = store.not_asked(session, found, now, most)
    for each in asked:
        _row(session, found, each.id)
        _send(session, found, each.id, "new", now)
    return len(asked)


def remind(session: Session, found: Pulse, now: datetime, most: int) -> int:
    """Asks those who have not begun once more; answers how many."""
    silent = store.not_begun(session, found, most)
    for person in silent:
        mine = (PulsePersonRow.pulse_id == found.id, PulsePersonRow.person_id == person)
        if (
            changed(
                session, update(PulsePersonRow).where(*mine, PulsePersonRow.reminded.is_(False)).values(reminded=True)
            )
            == 1
        ):
            _send(session, found, person, "again", now)
    return len(silent)


def _row(session: Session, found: Pulse, person: int) -> None:
    insert_once(session, PulsePersonRow, {"pulse_id": found.id, "person_id": person, "done": 0, "reminded": False})


def _send(session: Session, found: Pulse, person: int, why: str, now: datetime) -> None:
    outbox.send(
        session, to_person(person), showing.invitation(session, found), Lane.LESSON, now, key=f"pulse:{found.id}:{why}:{person}",
        expires_at=found.closes_at, unasked=ASKED,
    )  # fmt: skip


def answer(session: Session, who: Person, id: int, nth: int, value: int, now: datetime) -> Message:
    """Takes one answer (1 to 5) to the nth statement, once a person; answers the next screen.

    That they have answered and what was answered are two rows of two tables with nothing in common but this transaction.
    Refused: to others than those who are meant, twice, and once the survey is over.
    """
    found = store.pulse(session, id)
    if found is None or not who.path.startswith(found.path) or not 1 <= value <= SCALE:
        raise Refused("delivery.stale")
    if not found.open or now >= found.closes_at:
        raise Refused("voice.pulse.over")
    _row(session, found, who.id)
    mine = (PulsePersonRow.pulse_id == id, PulsePersonRow.person_id == who.id, PulsePersonRow.done == nth)
    if (
        not 0 <= nth < len(found.statements)
        or changed(session, update(PulsePersonRow).where(*mine).values(done=nth + 1)) != 1
    ):
        raise Refused("voice.pulse.answered_before")
    _count(session, found, store.part_of(found, who), nth, value)
    return showing.screen(found, nth + 1)


def _count(session: Session, found: Pulse, part: int, nth: int, value: int) -> None:
    """Adds it to the sums of a part: they are opened, and sealed anew."""
    first = store.sealed(rules.empty(len(found.statements)))
    insert_once(session, PulseCellRow, {"pulse_id": found.id, "part_id": part, "sealed": first})
    which = (PulseCellRow.pulse_id == found.id, PulseCellRow.part_id == part)
    # with the lock, or two replicas would each add to the same sums
    row = session.execute(select(PulseCellRow.sealed).where(*which).with_for_update()).scalar_one()
    counts = rules.added(store.opened(row), nth, value)
    session.execute(update(PulseCellRow).where(*which).values(sealed=store.sealed(counts)))


def close(session: Session, found: Pulse, now: datetime) -> None:
    """Ends a survey: only how many were asked and took part is kept of who did. Tells whoever started it."""
    people = PulsePersonRow.pulse_id == found.id
    asked = session.scalar(select(func.count()).where(people)) or 0
    answered = session.scalar(select(func.count()).where(people, PulsePersonRow.done > 0)) or 0
    ended = update(PulseRow).where(PulseRow.id == found.id, store.OPEN)
    if changed(session, ended.values(state="closed", asked=asked, answered=answered, remind_at=None)) != 1:
        return
    session.execute(delete(PulsePersonRow).where(people))
    body = {"pulse": found.id, "unit": found.unit, "asked": asked, "answered": answered if answered >= FIVE else None}
    record(session, Fact(CLOSED, f"pulse:{found.id}:closed", now, None, found.unit, body=body), now)
    starter = session.scalar(select(PulseRow.started_by).where(PulseRow.id == found.id))
    who = whom.working(session, starter, now)
    again = store.pulse(session, found.id)
    if who is not None and again is not None:
        message = showing.ended(session, who, again, now)
        outbox.send(session, to_person(who.id), message, Lane.LESSON, now, key=f"pulse:{found.id}:over", unasked=OVER)
