"""`/interviews` and its buttons. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply
from bot.kit.room import Route
from bot.kit.texts import text
from bot.voice import typed, whom
from bot.voice.interviews import actions, setting, showing, store
from bot.voice.interviews.model import DRAFT


def on_interviews(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/interviews`, for whoever leads."""
    who = whom.person(session, event, now)
    if who is None:
        return NOTHING if event.person is not None else None
    if not whom.led(session, who.id, now):
        raise Refused("voice.only_leaders")
    return Reply((showing.overview(session, who, now),))


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is typed while interviews are planned, noted or followed up."""
    who, words = whom.person(session, event, now), typed.words(event)
    if who is None or not words:
        return None
    found = setting.on_typed(session, who, words, now)
    return Reply((found,)) if found is not None else None


def on_choice(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`ivd:step:value`: a button while interviews are planned."""
    who = whom.person(session, event, now)
    if who is None:
        return None
    return Reply(edit=setting.chosen(session, who, event.word(0), event.word(1), now))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`iv:what:number`."""
    who, act, id = whom.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    if act == "new":
        return Reply((setting.begin(session, who, now),))
    if act in ("yes", "no"):
        found = actions.reply(session, who, id, act == "yes", now)
        said = text("voice.interviews.replied", agreed=act == "yes", day=found.planned_on.isoformat())
        return Reply(edit=Message(said))
    if act == "met":
        found = actions.turn_reached(session, who, id, event.number(2), now)
        return Reply(edit=showing.card(session, who.id, found, now))
    if act in ("note", "changed"):
        return Reply((setting.begin_typed(session, who, act, id, now),))
    if act == "held":
        found = actions.hold(session, who, id, now)
        return Reply(edit=showing.card(session, who.id, found, now))
    if act == "open":
        seen = store.seen_by(session, who.id, now, 1, id)
        if not seen:
            raise Refused("voice.not_yours")
        return Reply((showing.card(session, who.id, seen[0], now),))
    return None


ROUTES = (
    Route(on_interviews, command="interviews", menu="voice.interviews.menu", roles=("supervisor",)),
    Route(on_typed, draft=DRAFT),
    Route(on_choice, verb="ivd"),
    Route(on_press, verb="iv"),
)
