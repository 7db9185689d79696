"""Conversations about a suggestion: writing it, the reason of a decision, an owner and a day, what was done."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person
from bot.voice import typed, whom
from bot.voice.suggestions import actions, rules, showing, store
from bot.voice.suggestions.model import DRAFT, State, Suggestion


def begin(session: Session, who: Person, now: datetime) -> Message:
    """The next text is the suggestion."""
    drafts.begin(session, who.id, DRAFT, "words", {"key": secrets.token_hex(12)}, now)
    return Message(text("voice.suggestions.ask_words"), rows(button("voice.cancel", "ob.cancel")))


def begin_decision(session: Session, who: Person, found: Suggestion, what: str, now: datetime) -> Message:
    """The next text is the reason. Refused: to whoever may not decide."""
    if not actions.may_decide(session, who, found, now):
        raise Refused("voice.not_yours")
    if found.state not in (State.OPEN, State.DEFERRED):
        raise Refused("voice.suggestions.settled")
    drafts.begin(session, who.id, DRAFT, "reason", {"id": found.id, "what": what}, now)
    return Message(text("voice.suggestions.ask_reason", what=what), rows(button("voice.cancel", "ob.cancel")))


def begin_done(session: Session, who: Person, found: Suggestion, now: datetime) -> Message:
    """The next text is what was done. Refused: to others than its owner."""
    if found.owner != who.id:
        raise Refused("voice.suggestions.only_owner")
    drafts.begin(session, who.id, DRAFT, "done", {"id": found.id}, now)
    return Message(text("voice.suggestions.ask_done"), rows(button("voice.cancel", "ob.cancel")))


def on_words(session: Session, who: Person, words: str, now: datetime) -> Message | None:
    """Something typed; None where nothing is waited for."""
    draft = typed.fresh(session, who.id, DRAFT, now)
    if draft is None:
        return None
    data = draft.data
    if draft.step == "words":
        made = actions.suggest(session, who, f"suggestion:{data['key']}", words, now)
        drafts.close(session, draft)
        return Message(
            text("voice.suggestions.made", number=made.id), rows(button("voice.b_look", f"vs:open:{made.id}"))
        )
    if draft.step == "done":
        found = actions.carry_out(session, who, data["id"], words, now)
        drafts.close(session, draft)
        return showing.card(session, who, found, now)
    if draft.step == "reason":
        typed.check(words)
        if data["what"] == "reject":
            drafts.close(session, draft)
            found = actions.decide(session, who, data["id"], State.REJECTED, words, now)
            return showing.card(session, who, found, now)
        step = "days" if data["what"] == "defer" else "owner"
        draft = typed.onward(session, draft, step, now, reason=words)
        return _days(rules.DEFER_DAYS, "defer") if step == "days" else _owner(session, draft.data["id"], now)
    if draft.step == "owner":
        named = people.person_by_badge(session, words, now)
        if named is None or named.left_on is not None:
            raise Refused("voice.no_badge")
        return on_owner(session, who, named.id, now)
    return None


def on_owner(session: Session, who: Person, owner: int, now: datetime) -> Message:
    """Who carries it out is known; until when?"""
    draft = typed.open_draft(session, who.id, DRAFT, now)
    if draft.step != "owner" or whom.working(session, owner, now) is None:
        raise Refused("voice.begin_again")
    typed.onward(session, draft, "days", now, owner=owner)
    return _days(rules.DUE_DAYS, "accept")


def on_days(session: Session, who: Person, days: int, now: datetime) -> Message:
    """Until when is known: it is decided."""
    draft = typed.open_draft(session, who.id, DRAFT, now)
    data = draft.data
    offered = rules.DEFER_DAYS if data.get("what") == "defer" else rules.DUE_DAYS
    if draft.step != "days" or days not in offered:
        raise Refused("voice.begin_again")
    drafts.close(session, draft)
    decision = rules.DECISIONS[data["what"]]
    found = actions.decide(session, who, data["id"], decision, data["reason"], now, owner=data.get("owner"), days=days)
    return showing.card(session, who, found, now)


def _days(offered: tuple[int, ...], what: str) -> Message:
    keys = [button("voice.b_days", f"vs:days:{days}", count=days) for days in offered]
    return Message(text("voice.suggestions.ask_days", what=what), rows(*keys, each=3))


def _owner(session: Session, id: int, now: datetime) -> Message:
    found = store.suggestion(session, id)
    able = whom.people_of(session, found.path, now) if found is not None else []
    over = whom.deciders(session, found.path, now) if found is not None else []
    named = {each.id: each for each in (*over, *able)}
    keys = [button("voice.b_person", f"vs:owner:{each.id}", name=each.name) for each in named.values()]
    return Message(text("voice.suggestions.ask_owner"), rows(*keys))
