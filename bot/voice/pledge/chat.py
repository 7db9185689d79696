"""`/pledge` and its buttons. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.events import Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply
from bot.kit.room import Route
from bot.kit.texts import text
from bot.voice import whom
from bot.voice.pledge import actions, showing


def on_pledge(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/pledge`."""
    who = whom.person(session, event, now)
    if who is None:
        return NOTHING if event.person is not None else None
    return Reply((showing.overview(session, who, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`pg:what:number`."""
    who, act, id = whom.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    if act == "go":
        return Reply((showing.screen(actions.begin(session, who, now)),), drop_buttons=True)
    if act == "a":
        draft, scene, right = actions.answer(session, who, id, event.number(2), event.number(3), now)
        toast = text("voice.pledge.t_right" if right else "voice.pledge.t_wrong")
        return Reply(edit=showing.screen(draft, scene, right), toast=toast)
    if act == "sign":
        signed = actions.sign(session, who, now)
        said = text("voice.pledge.signed", name=who.name, on=now.isoformat(), until=signed.until_on.isoformat())
        return Reply(edit=Message(said))
    if act == "unit":
        return Reply((showing.unit(session, whom.led_unit(session, who, id, now).id, now),))
    if act in ("call", "end"):
        (actions.call if act == "call" else actions.end_call)(session, who, id, now)
        return Reply(edit=showing.unit(session, id, now), toast=text("voice.noted"))
    return None


ROUTES = (
    Route(on_pledge, command="pledge", menu="voice.pledge.menu"),
    Route(on_press, verb="pg"),
)
