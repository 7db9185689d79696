"""`/pulse` and its buttons. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import NOTHING, Reply
from bot.kit.room import Route
from bot.voice import typed, whom
from bot.voice.pulse import actions, setting, showing, store
from bot.voice.pulse.model import DRAFT


def on_pulse(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/pulse`: what one may answer, and what came of the last ones."""
    who = whom.person(session, event, now)
    if who is None:
        return NOTHING if event.person is not None else None
    return Reply((showing.overview(session, who, now),))


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Statements of one's own."""
    who, words = whom.person(session, event, now), typed.words(event)
    if who is None or not words:
        return None
    found = setting.on_typed(session, who, words, now)
    return Reply((found,)) if found is not None else None


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`pu:what:number`."""
    who, act, id = whom.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    if act == "go":
        begun = {found.id: (found, done) for found, done in store.open_for(session, who, now)}
        if id not in begun:
            raise Refused("voice.pulse.over")
        return Reply(edit=showing.screen(*begun[id]))
    if act == "a":
        return Reply(edit=actions.answer(session, who, id, event.number(2), event.number(3), now))
    if act == "see":
        found = {each.id: each for each in store.ended_for(session, who, now, 50)}
        if id not in found:
            raise Refused("voice.not_yours")
        return Reply((showing.ended(session, who, found[id], now),))
    if act == "new":
        return Reply((setting.begin(session, who, now),))
    if act == "unit":
        return Reply((setting.on_unit(session, who, id, now),), drop_buttons=True)
    if act == "shipped":
        return Reply((setting.on_shipped(session, who, now),), drop_buttons=True)
    if act == "days":
        return Reply((setting.on_days(session, who, id, now),), drop_buttons=True)
    return None


ROUTES = (
    Route(on_pulse, command="pulse", menu="voice.pulse.menu"),
    Route(on_typed, draft=DRAFT),
    Route(on_press, verb="pu"),
)
