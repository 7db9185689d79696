"""Bringing suggestions up: undecided ones, those put off whose day has come, accepted ones until they are done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import outbox
from bot.delivery.outbox import Lane, to_person
from bot.kit.replies import Message
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.voice import whom
from bot.voice.suggestions import actions, rules, showing, store
from bot.voice.suggestions.model import ESCALATED, TO_DECIDE, State, Suggestion
from bot.voice.suggestions.tables import SuggestionRow


def bring_up(session: Session, found: Suggestion, now: datetime) -> None:
    """One step of one suggestion; whoever suggested it hears of it."""
    step = rules.next_step(found)
    mine = (SuggestionRow.id == found.id, SuggestionRow.state == found.state.value, SuggestionRow.rung == found.rung)
    values: dict[str, Any] = {"rung": found.rung + 1, "chase_at": now + rules.wait(step) if step else None}
    if step == "back":
        values = {"rung": 0, "chase_at": now + rules.UNDECIDED, "state": State.OPEN.value}
    if changed(session, update(SuggestionRow).where(*mine).values(**values)) != 1:
        return
    again = store.suggestion(session, found.id)
    assert again is not None
    if step == "back":
        actions.ask_to_decide(session, again, f"back:{now.date()}", now)
        actions.tell_proposer(session, again, f"back:{now.date()}", now)
    elif step in ("decide", "decide_above"):
        over = actions.ask_to_decide(
            session, again, f"waits:{found.rung}:{now.date()}", now, above=step == "decide_above"
        )
        if step == "decide_above" and found.rung == 1:
            _escalated(session, again, "undecided", now)
            actions.tell_proposer(session, again, "above", now, tuple(each.name for each in over))
    elif step:
        actions.tell_owner(session, again, f"{step}:{found.rung}", now)
        if step == "overdue":
            _tell_above(session, again, now)
            if found.rung == 1:
                _escalated(session, again, "overdue", now)
                actions.tell_proposer(session, again, "overdue", now)


def _tell_above(session: Session, found: Suggestion, now: datetime) -> None:
    """Whoever decided it hears that it is not done; where they have left, whoever decides by now."""
    decided = whom.working(session, found.decided_by, now)
    told = [decided] if decided is not None else whom.deciders(session, found.path, now, found.person)
    for each in told:
        if each.id != found.owner:
            message = Message(showing.status(session, found, now, late=True))
            key = f"suggestion:{found.id}:late:{found.rung}:{each.id}"
            outbox.send(session, to_person(each.id), message, Lane.LESSON, now, key=key, unasked=TO_DECIDE)


def _escalated(session: Session, found: Suggestion, why: str, now: datetime) -> None:
    body = {"suggestion": found.id, "unit": found.unit, "why": why}
    record(session, Fact(ESCALATED, f"suggestion:{found.id}:{why}:{now.date()}", now, None, found.unit, body=body), now)
