"""`/suggest` and its buttons. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import NOTHING, Reply
from bot.kit.room import Route
from bot.kit.texts import text
from bot.voice import typed, whom
from bot.voice.suggestions import actions, deciding, rules, showing, store
from bot.voice.suggestions.model import DRAFT


def on_suggest(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/suggest`: what colleagues suggest, and a new one."""
    who = whom.person(session, event, now)
    if who is None:
        return NOTHING if event.person is not None else None
    return Reply((showing.board(session, who, now),))


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is typed in one of the conversations."""
    who, words = whom.person(session, event, now), typed.words(event)
    if who is None or not words:
        return None
    found = deciding.on_words(session, who, words, now)
    return Reply((found,)) if found is not None else None


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`vs:what:number`."""
    who, act, id = whom.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    if act == "all":
        return Reply((showing.board(session, who, now),))
    if act == "new":
        return Reply((deciding.begin(session, who, now),))
    if act == "owner":
        return Reply((deciding.on_owner(session, who, id, now),), drop_buttons=True)
    if act == "days":
        return Reply((deciding.on_days(session, who, id, now),), drop_buttons=True)
    found = store.seen_by(session, who, id, now)
    if found is None:
        raise Refused("voice.not_yours")
    if act == "open":
        return Reply((showing.card(session, who, found, now),))
    if act in ("up", "down"):
        found = actions.vote(session, who, id, 1 if act == "up" else -1, now)
        return Reply(edit=showing.card(session, who, found, now), toast=text("voice.noted"))
    if act in rules.DECISIONS:
        return Reply((deciding.begin_decision(session, who, found, act, now),))
    if act == "done":
        return Reply((deciding.begin_done(session, who, found, now),))
    return None


ROUTES = (
    Route(on_suggest, command="suggest", menu="voice.suggestions.menu"),
    Route(on_typed, draft=DRAFT),
    Route(on_press, verb="vs"),
)
