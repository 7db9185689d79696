"""Naming a committee, putting a proposal to it, answering with a reason, deciding. Each in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_many_once, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane, to_person
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people.model import Person
from bot.voice import typed, whom
from bot.voice.proposals import rules, showing, store
from bot.voice.proposals.model import ASKED, DECIDED, PUT, RESULT, SPOKEN, TO_DECIDE, Proposal, Stand, State
from bot.voice.proposals.tables import CommitteeMemberRow, ProposalRow, ProposalVoiceRow


def turn_member(session: Session, who: Person, unit: int, person: int, now: datetime) -> None:
    """Names somebody to a unit's committee, or takes them off it; what was put before stays put to whom it was put."""
    whom.led_unit(session, who, unit, now)
    if whom.working(session, person, now) is None:
        raise Refused("voice.no_badge")
    which = (CommitteeMemberRow.unit_id == unit, CommitteeMemberRow.person_id == person)
    if changed(session, delete(CommitteeMemberRow).where(*which)) == 0:
        values = {"unit_id": unit, "person_id": person, "named_by": who.id, "named_at": now}
        insert_once(session, CommitteeMemberRow, values)


def put(session: Session, who: Person, key: str, unit: int, words: str, now: datetime) -> Proposal:
    """Puts a proposal to the committee as it is now, once a key. Refused: without the right, and where there is no committee."""
    there = whom.led_unit(session, who, unit, now)
    typed.check(words)
    members = [id for id in store.committee(session, unit) if whom.working(session, id, now) is not None]
    if len(members) < rules.LEAST:
        raise Refused("voice.proposals.no_committee", least=rules.LEAST)
    values = {
        "key": key, "unit_id": unit, "path": there.path, "put_by": who.id, "words": words, "state": State.OPEN.value,
        "put_at": now, "due_at": now + rules.OPEN_FOR, "rung": 0, "chase_at": now + rules.REMIND,
    }  # fmt: skip
    id = insert_once(session, ProposalRow, values, "key")
    if id is None:
        id = session.scalar(select(ProposalRow.id).where(ProposalRow.key == key))
    asked = [{"proposal_id": id, "person_id": member, "stand": None, "reason": None, "at": None} for member in members]
    insert_many_once(session, ProposalVoiceRow, asked)
    found = store.proposal(session, id)
    assert found is not None
    body = {"proposal": id, "unit": unit, "asked": len(members)}
    if record(session, Fact(PUT, f"proposal:{id}", now, who.id, body=body), now):
        for member in members:
            _ask(session, found, member, "new", now)
    return found


def _ask(session: Session, found: Proposal, member: int, why: str, now: datetime) -> None:
    reader = whom.working(session, member, now)
    if reader is not None:
        message = showing.card(session, reader, found, now)
        key = f"proposal:{found.id}:{why}:{member}"
        outbox.send(session, to_person(member), message, Lane.LESSON, now, key=key, unasked=ASKED)


def answer(session: Session, who: Person, id: int, stand: Stand, reason: str, now: datetime) -> Proposal:
    """A member says where they stand; who dissents says why. It can be changed until it is decided.

    Refused: to whoever was not asked, dissent without a reason, and when it is decided.
    """
    found = store.proposal(session, id)
    if found is None or who.id not in {each.person for each in store.voices(session, id)}:
        raise Refused("voice.proposals.not_asked")
    if stand is Stand.DISSENTS or reason:
        typed.check(reason)
    held = update(ProposalRow).where(ProposalRow.id == id, store.OPEN).values(put_by=found.put_by)
    if changed(session, held) != 1:  # takes the row, so that nobody decides meanwhile
        raise Refused("voice.proposals.decided_before")
    mine = (ProposalVoiceRow.proposal_id == id, ProposalVoiceRow.person_id == who.id)
    session.execute(update(ProposalVoiceRow).where(*mine).values(stand=stand.value, reason=reason or None, at=now))
    body = {"proposal": id, "stand": stand.value}
    record(session, Fact(SPOKEN, f"proposal:{id}:voice:{who.id}", now, who.id, body=body), now)
    if rules.may_be_decided(found, store.voices(session, id), now):
        _ask_to_decide(session, found, "complete", now)
    return found


def _ask_to_decide(session: Session, found: Proposal, why: str, now: datetime) -> None:
    """Whoever put it is asked; where they have left, whoever leads there."""
    putter = whom.working(session, found.put_by, now)
    asked = [putter] if putter is not None else whom.deciders(session, found.path, now)
    for each in asked:
        message = showing.card(session, each, found, now)
        key = f"proposal:{found.id}:{why}:{each.id}"
        outbox.send(session, to_person(each.id), message, Lane.LESSON, now, key=key, unasked=TO_DECIDE)


def decide(session: Session, who: Person, id: int, decision: State, reason: str, now: datetime) -> Proposal:
    """Adopts it or drops it, with a reason; everybody who was asked reads the decision with its dissent.

    Refused: to whoever does not lead there, before everybody has spoken or the day is over, and when it is decided.
    """
    found = may_decide(session, who, id, now)
    typed.check(reason)
    values = {"state": decision.value, "reason": reason, "decided_by": who.id, "decided_at": now, "chase_at": None}
    if changed(session, update(ProposalRow).where(ProposalRow.id == id, store.OPEN).values(**values)) != 1:
        raise Refused("voice.proposals.decided_before")
    voices = store.voices(session, id)
    body = {"proposal": id, "unit": found.unit, "decision": decision.value, **rules.counted(voices)}
    record(session, Fact(DECIDED, f"proposal:{id}:decided", now, who.id, body=body), now)
    again = store.proposal(session, id)
    assert again is not None
    found = again
    for member in {found.put_by, *(each.person for each in voices)} - {who.id}:
        if whom.working(session, member, now) is not None:
            message = Message(showing.record(session, found, now))
            key = f"proposal:{id}:decided:{member}"
            outbox.send(session, to_person(member), message, Lane.LESSON, now, key=key, unasked=RESULT)
    return found


def may_decide(session: Session, who: Person, id: int, now: datetime) -> Proposal:
    """The proposal, where somebody may decide it now. Refused: as `decide` is."""
    found = store.proposal(session, id)
    if found is None or not whom.leads(session, who.id, found.path, now):
        raise Refused("voice.not_yours")
    if found.state is not State.OPEN:
        raise Refused("voice.proposals.decided_before")
    if not rules.may_be_decided(found, store.voices(session, id), now):
        raise Refused("voice.proposals.too_early")
    return found


def chase(session: Session, found: Proposal, now: datetime) -> None:
    """Silent members are asked once more; once the day is over, whoever put it is to decide, and again each week."""
    step, wait = rules.next_step(found.rung)
    mine = (ProposalRow.id == found.id, store.OPEN, ProposalRow.rung == found.rung)
    if changed(session, update(ProposalRow).where(*mine).values(rung=found.rung + 1, chase_at=now + wait)) != 1:
        return
    if step == "decide":
        _ask_to_decide(session, found, f"due:{found.rung}", now)
        return
    for each in store.voices(session, found.id):
        if each.stand is None:
            _ask(session, found, each.person, "again", now)
