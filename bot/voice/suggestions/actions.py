"""Suggesting, voting, deciding with a reason, carrying out. Each in the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane, to_person
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.company import successor
from bot.people.model import Person
from bot.voice import typed, whom
from bot.voice.suggestions import rules, showing, store
from bot.voice.suggestions.model import (
    DECIDED,
    DONE,
    MADE,
    STATUS,
    TO_DECIDE,
    VOTED,
    YOURS,
    State,
    Suggestion,
)
from bot.voice.suggestions.tables import SuggestionRow, SuggestionVoteRow


def suggest(session: Session, who: Person, key: str, words: str, now: datetime) -> Suggestion:
    """Puts a suggestion down, once a key, and asks those who decide. Refused: empty or too long."""
    typed.check(words)
    values = {
        "key": key, "person_id": who.id, "unit_id": who.unit, "path": who.path, "words": words, "state": State.OPEN.value,
        "made_at": now, "rung": 0, "chase_at": now + rules.UNDECIDED,
    }  # fmt: skip
    id = insert_once(session, SuggestionRow, values, "key")
    if id is None:
        id = session.scalar(select(SuggestionRow.id).where(SuggestionRow.key == key))
    found = store.suggestion(session, id)
    assert found is not None
    if record(session, Fact(MADE, f"suggestion:{id}", now, who.id, body={"suggestion": id, "unit": who.unit}), now):
        ask_to_decide(session, found, "new", now)
    return found


def ask_to_decide(session: Session, found: Suggestion, why: str, now: datetime, above: bool = False) -> list[Person]:
    """Those who decide get it with its buttons; `above`: those over them as well. Answers who stands above."""
    first = whom.deciders(session, found.path, now, found.person)
    over = whom.above(session, found.path, {found.person, *(each.id for each in first)}, now) if above else []
    for each in (*first, *over):
        message = showing.card(session, each, found, now)
        key = f"suggestion:{found.id}:{why}:{each.id}"
        outbox.send(session, to_person(each.id), message, Lane.LESSON, now, key=key, unasked=TO_DECIDE)
    return over


def vote(session: Session, who: Person, id: int, way: int, now: datetime) -> Suggestion:
    """For or against, once a person; it can be changed while nobody has decided. Refused: on one's own."""
    found = store.seen_by(session, who, id, now)
    if found is None:
        raise Refused("voice.not_yours")
    if found.person == who.id:
        raise Refused("voice.suggestions.own")
    held = update(SuggestionRow).where(
        SuggestionRow.id == id, SuggestionRow.state.in_((State.OPEN.value, State.DEFERRED.value))
    )
    if changed(session, held.values(person_id=found.person)) != 1:  # takes the row, so that nobody decides meanwhile
        raise Refused("voice.suggestions.settled")
    values = {"suggestion_id": id, "person_id": who.id, "way": way, "at": now}
    if insert_once(session, SuggestionVoteRow, values) is None:
        mine = (SuggestionVoteRow.suggestion_id == id, SuggestionVoteRow.person_id == who.id)
        session.execute(update(SuggestionVoteRow).where(*mine).values(way=way, at=now))
    record(session, Fact(VOTED, f"suggestion:{id}:vote:{who.id}", now, who.id, body={"suggestion": id}), now)
    return found


def may_decide(session: Session, who: Person, found: Suggestion, now: datetime) -> bool:
    """Whoever leads there, but nobody about their own."""
    return who.id != found.person and whom.leads(session, who.id, found.path, now)


def decide(
    session: Session, who: Person, id: int, decision: State, reason: str, now: datetime, *,
    owner: int | None = None, days: int | None = None,
) -> Suggestion:  # fmt: skip
    """Accepts, rejects or puts off, with a reason; of two who decide at once one wins.

    Refused: to whoever may not, without a reason, and when it is decided.
    """
    found = store.suggestion(session, id)
    if found is None or not may_decide(session, who, found, now):
        raise Refused("voice.not_yours")
    typed.check(reason)
    day = people.today_of(who, now) + timedelta(days=days) if days else None
    values: dict[str, Any] = {
        "state": decision.value, "reason": reason, "decided_by": who.id, "decided_at": now, "rung": 0, "chase_at": None,
        "owner_id": None, "due_on": None, "back_on": None,
    }  # fmt: skip
    if decision is State.ACCEPTED:
        if day is None or whom.working(session, owner, now) is None:
            raise Refused("voice.begin_again")
        values |= {"owner_id": owner, "due_on": day, "chase_at": whom.morning(session, found.unit, day)}
    elif decision is State.DEFERRED:
        if day is None:
            raise Refused("voice.begin_again")
        values |= {"back_on": day, "chase_at": whom.morning(session, found.unit, day)}
    waits = (SuggestionRow.id == id, SuggestionRow.state.in_((State.OPEN.value, State.DEFERRED.value)))
    if changed(session, update(SuggestionRow).where(*waits).values(**values)) != 1:
        raise Refused("voice.suggestions.settled")
    body = {"suggestion": id, "unit": found.unit, "decision": decision.value}
    record(session, Fact(DECIDED, f"suggestion:{id}:{now.isoformat()}", now, who.id, body=body), now)
    found = store.suggestion(session, id)
    assert found is not None
    tell_proposer(session, found, f"{decision.value}:{now.isoformat()}", now, answer=True)
    if found.owner is not None and found.owner != who.id:
        tell_owner(session, found, "given", now)
    return found


def carry_out(session: Session, who: Person, id: int, words: str, now: datetime) -> Suggestion:
    """Its owner says what was done. Refused: to others than the owner, without words, and when it is done."""
    found = store.suggestion(session, id)
    if found is None or found.owner != who.id:
        raise Refused("voice.suggestions.only_owner")
    typed.check(words)
    mine = (SuggestionRow.id == id, SuggestionRow.owner_id == who.id, SuggestionRow.state == State.ACCEPTED.value)
    done = update(SuggestionRow).where(*mine)
    if changed(session, done.values(state=State.DONE.value, done_words=words, done_at=now, chase_at=None)) != 1:
        raise Refused("voice.suggestions.settled")
    left = (found.due_on - people.today_of(who, now)).days if found.due_on is not None else 0
    body = {"suggestion": id, "unit": found.unit, "days_left": left}
    record(session, Fact(DONE, f"suggestion:{id}:done", now, who.id, body=body), now)
    found = store.suggestion(session, id)
    assert found is not None
    tell_proposer(session, found, "done", now, answer=True)
    if found.decided_by is not None and found.decided_by not in (who.id, found.person):
        message = Message(showing.status(session, found, now))
        key = f"suggestion:{id}:done:{found.decided_by}"
        outbox.send(session, to_person(found.decided_by), message, Lane.LESSON, now, key=key, unasked=STATUS)
    return found


def tell_proposer(
    session: Session, found: Suggestion, step: str, now: datetime, names: tuple[str, ...] = (),
    answer: bool = False,
) -> None:  # fmt: skip
    """Whoever suggested it hears of every step; `answer`: what they have asked for, not that it waits or is late."""
    if whom.working(session, found.person, now) is None:
        return
    message = Message(showing.status(session, found, now, names), rows(button("voice.b_look", f"vs:open:{found.id}")))
    key, to = f"suggestion:{found.id}:told:{step}", to_person(found.person)
    if answer:
        outbox.send(session, to, message, Lane.REPLY, now, key=key)
    else:
        outbox.send(session, to, message, Lane.LESSON, now, key=key, unasked=STATUS)


def tell_owner(session: Session, found: Suggestion, step: str, now: datetime) -> None:
    """Whoever is to carry it out gets it with its button."""
    assert found.owner is not None
    key = f"suggestion:{found.id}:{step}:{found.owner}"
    message = showing.for_owner(session, found, step, now)
    outbox.send(session, to_person(found.owner), message, Lane.LESSON, now, key=key, unasked=YOURS)


def pass_on(session: Session, leaver: int, now: datetime) -> None:
    """What somebody who has left was to carry out goes to whoever takes over from them, else to whoever decides there."""
    query = select(SuggestionRow.id).where(
        SuggestionRow.owner_id == leaver, SuggestionRow.state == State.ACCEPTED.value
    )
    for id in session.scalars(query.limit(500)).all():
        found = store.suggestion(session, id)
        assert found is not None
        others = [each.id for each in whom.deciders(session, found.path, now, leaver)]
        heir = successor(session, leaver) or next(iter(others), None)
        mine = (SuggestionRow.id == id, SuggestionRow.owner_id == leaver)
        if heir is not None and changed(session, update(SuggestionRow).where(*mine).values(owner_id=heir)) == 1:
            again = store.suggestion(session, id)
            assert again is not None
            tell_owner(session, again, "given", now)
