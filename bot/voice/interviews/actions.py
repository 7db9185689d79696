"""Planning interviews, inviting, noting under seal, saying what changed. Each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_many_once, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane, to_person
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.company import leaders, successor
from bot.people.model import Person
from bot.voice import typed, whom
from bot.voice.interviews import rules, showing, store
from bot.voice.interviews.model import CHANGED, HELD, INVITED, PLANNED, YOURS, Kind, Round, State
from bot.voice.interviews.tables import InterviewPersonRow, InterviewRoundRow


def plan(
    session: Session,
    who: Person,
    key: str,
    unit: int,
    kind: Kind,
    topic: str,
    on: date,
    persons: Sequence[int],
    now: datetime,
) -> Round:
    """Plans a round, once a key, and invites. Refused: without the right, and with nobody to speak with."""
    there = whom.led_unit(session, who, unit, now)
    typed.check(topic, rules.MOST_TOPIC)
    able = [
        id for id in dict.fromkeys(persons)
        if id != who.id and (one := whom.working(session, id, now)) is not None and one.path.startswith(there.path)
    ][: rules.MOST_PEOPLE]  # fmt: skip
    if not able:
        raise Refused("voice.interviews.nobody")
    values = {
        "key": key, "unit_id": unit, "path": there.path, "lead_id": who.id, "kind": kind.value, "topic": topic,
        "planned_on": on, "state": State.PLANNED.value, "made_at": now, "rung": 0, "chase_at": whom.morning(session, unit, on),
    }  # fmt: skip
    id = insert_once(session, InterviewRoundRow, values, "key")
    if id is None:
        id = session.scalar(select(InterviewRoundRow.id).where(InterviewRoundRow.key == key))
    invited = [{"round_id": id, "person_id": person, "agreed": None, "reached": False} for person in able]
    insert_many_once(session, InterviewPersonRow, invited)
    found = store.round_(session, id)
    assert found is not None
    body = {"round": id, "unit": unit, "kind": kind.value, "invited": len(able)}
    if record(session, Fact(PLANNED, f"interviews:{id}", now, who.id, body=body), now):
        for person in able:
            message = showing.invitation(found, who.name)
            key = f"interviews:{id}:invited:{person}"
            outbox.send(session, to_person(person), message, Lane.LESSON, now, key=key, unasked=INVITED)
    return found


def reply(session: Session, who: Person, id: int, agreed: bool, now: datetime) -> Round:
    """Yes or rather not; nobody asks why. Refused: to others, and when the interviews are over."""
    found = store.round_(session, id)
    mine = (InterviewPersonRow.round_id == id, InterviewPersonRow.person_id == who.id)
    if found is None or found.state is not State.PLANNED:
        raise Refused("voice.interviews.over")
    if changed(session, update(InterviewPersonRow).where(*mine).values(agreed=agreed)) != 1:
        raise Refused("voice.not_yours")
    return found


def own(session: Session, who: Person, id: int) -> Round:
    """A round of one's own. Refused: any other."""
    found = store.round_(session, id)
    if found is None or found.lead != who.id:
        raise Refused("voice.interviews.only_lead")
    return found


def turn_reached(session: Session, who: Person, id: int, person: int, now: datetime) -> Round:
    """They were spoken with, or were not after all. Refused: to others than the lead, and once it is over."""
    found = own(session, who, id)
    if found.state is not State.PLANNED:
        raise Refused("voice.interviews.over")
    mine = (InterviewPersonRow.round_id == id, InterviewPersonRow.person_id == person)
    session.execute(update(InterviewPersonRow).where(*mine).values(reached=~InterviewPersonRow.reached))
    return found


def note(session: Session, who: Person, id: int, words: str, now: datetime) -> Round:
    """Puts a note under the seal of its round. Refused: to others than the lead, and once it was said what changed."""
    found = own(session, who, id)
    typed.check(words)
    which = (
        InterviewRoundRow.id == id,
        InterviewRoundRow.lead_id == who.id,
        InterviewRoundRow.state != State.CLOSED.value,
    )
    row = session.execute(select(InterviewRoundRow.sealed).where(*which).with_for_update()).first()
    if row is None:
        raise Refused("voice.interviews.over")
    kept = store.sealed([*store.opened(row.sealed), (words, who.id)])
    session.execute(update(InterviewRoundRow).where(*which).values(sealed=kept))
    return found


def hold(session: Session, who: Person, id: int, now: datetime) -> Round:
    """The interviews are over. Refused: to others than the lead, where nobody was reached, and twice."""
    found = own(session, who, id)
    invited = store.invited(session, id)
    reached = sum(each.reached for each in invited)
    if not reached:
        raise Refused("voice.interviews.nobody_reached")
    held = update(InterviewRoundRow).where(InterviewRoundRow.id == id, InterviewRoundRow.state == State.PLANNED.value)
    values = {"state": State.HELD.value, "held_at": now, "rung": 0, "chase_at": now + rules.FOLLOW_UP}
    if changed(session, held.values(**values)) != 1:
        raise Refused("voice.interviews.over")
    body = {"round": id, "unit": found.unit, "kind": found.kind.value, "invited": len(invited), "reached": reached}
    record(session, Fact(HELD, f"interviews:{id}:held", now, who.id, body=body), now)
    again = store.round_(session, id)
    assert again is not None
    return again


def say_changed(session: Session, who: Person, id: int, words: str, now: datetime) -> Round:
    """What changed; everybody who was reached hears it. Refused: to others than the lead, before the interviews, and twice."""
    found = own(session, who, id)
    typed.check(words)
    held_at = session.scalar(select(InterviewRoundRow.held_at).where(InterviewRoundRow.id == id))
    done = update(InterviewRoundRow).where(InterviewRoundRow.id == id, InterviewRoundRow.state == State.HELD.value)
    if changed(session, done.values(state=State.CLOSED.value, changed=words, chase_at=None)) != 1:
        raise Refused("voice.interviews.over")
    days = (now - held_at).days if held_at is not None else 0
    body = {"round": id, "unit": found.unit, "days": days}
    record(session, Fact(CHANGED, f"interviews:{id}:changed", now, who.id, body=body), now)
    for each in store.invited(session, id):
        if each.reached and whom.working(session, each.person, now) is not None:
            message = Message(text("voice.interviews.changed", topic=found.topic, words=words, name=who.name))
            key = f"interviews:{id}:changed:{each.person}"
            outbox.send(session, to_person(each.person), message, Lane.LESSON, now, key=key, unasked=INVITED)
    again = store.round_(session, id)
    assert again is not None
    return again


def bring_up(session: Session, found: Round, now: datetime) -> None:
    """The lead is told that the day has come, or asked what has changed."""
    step = rules.next_step(found)
    mine = (
        InterviewRoundRow.id == found.id,
        InterviewRoundRow.state == found.state.value,
        InterviewRoundRow.rung == found.rung,
    )
    values = {"rung": found.rung + 1, "chase_at": now + rules.wait(step) if step else None}
    if changed(session, update(InterviewRoundRow).where(*mine).values(**values)) != 1 or not step:
        return
    if whom.working(session, found.lead, now) is not None:
        message = showing.card(session, found.lead, found, now, why=step if found.rung == 0 else f"{step}_late")
        key = f"interviews:{found.id}:{step}:{found.rung}"
        outbox.send(session, to_person(found.lead), message, Lane.LESSON, now, key=key, unasked=YOURS)


def pass_on(session: Session, leaver: int, now: datetime) -> None:
    """The rounds of somebody who has left go to whoever takes over; the notes stay closed, also to them."""
    for row in session.scalars(select(InterviewRoundRow).where(InterviewRoundRow.lead_id == leaver).limit(500)).all():
        heir = successor(session, leaver) or next(
            (each.id for each in leaders(session, row.path, now, besides=leaver)), None
        )
        mine = (InterviewRoundRow.id == row.id, InterviewRoundRow.lead_id == leaver)
        if heir is not None and people.person(session, heir, now) is not None:
            session.execute(update(InterviewRoundRow).where(*mine).values(lead_id=heir))
