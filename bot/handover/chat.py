"""Routes: /away, /back, /handover and their buttons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.handover import actions, store
from bot.handover.model import Until
from bot.kit.errors import Refused
from bot.kit.events import Event, Pressed, Said
from bot.kit.replies import NOTHING, Button, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import store as people

LEADERS = ("supervisor",)
"""And whoever has all that a supervisor has."""


def on_away(session: Session, event: Event, now: datetime) -> Reply:
    """/away: until when?"""
    if not event.private or event.person is None:
        return NOTHING
    choices = [button(f"handover.until_{_word(word)}", f"ho.away:{word.value}") for word in Until]
    buttons = rows(*choices, button("handover.cancel", "ho.stay"))
    return Reply((Message(text("handover.until_when"), buttons),))


def on_until(session: Session, event: Pressed, now: datetime) -> Reply:
    """Until when is known; who stands in, where there is something to stand in for?"""
    word, who = _until(event.word(0)), people.person(session, event.person or 0, now)
    if who is None:
        raise Refused("delivery.stale")
    able = store.colleagues(session, who, now)
    if not able:
        return actions.go_away(session, who.id, word, None, now)
    buttons = rows(
        *(Button(text("delivery.just", text=each.name[:60]), data=f"ho.by:{word.value}:{each.id}") for each in able),
        button("handover.nobody", f"ho.by:{word.value}:0"),
        button("handover.cancel", "ho.stay"),
    )
    return Reply(edit=Message(text("handover.who_stands_in"), buttons))


def on_deputy(session: Session, event: Pressed, now: datetime) -> Reply:
    """Who stands in is known."""
    return actions.go_away(session, event.person or 0, _until(event.word(0)), event.number(1) or None, now)


def on_stay(session: Session, event: Pressed, now: datetime) -> Reply:
    """Not going away after all."""
    return Reply(edit=Message(text("handover.not_leaving")))


def on_back(session: Session, event: Event, now: datetime) -> Reply:
    """/back."""
    return actions.come_back(session, event.person or 0, now) if event.private else NOTHING


def on_handover(session: Session, event: Event, now: datetime) -> Reply:
    """/handover: a note for the next shift."""
    return actions.begin_handover(session, event.person or 0, now) if event.private else NOTHING


def on_note(session: Session, event: Event, now: datetime) -> Reply | None:
    """The note; a second text before the choice replaces the first."""
    if not isinstance(event, Said) or not event.private or event.person is None:
        return None
    return actions.take_note(session, event.person, event.text.strip(), now)


def on_give(session: Session, event: Pressed, now: datetime) -> Reply:
    """To whom is known."""
    return actions.give(session, event.person or 0, event.number(0), now)


def on_acknowledge(session: Session, event: Pressed, now: datetime) -> Reply:
    """Read."""
    return actions.acknowledge(session, event.person or 0, event.number(0), now)


def on_cancel(session: Session, event: Pressed, now: datetime) -> Reply:
    """The note is not given."""
    draft = drafts.current(session, event.person or 0, actions.DRAFT)
    if draft is not None:
        drafts.close(session, draft)
    return Reply(edit=Message(text("handover.cancelled")))


def _until(word: str) -> Until:
    try:
        return Until(word)
    except ValueError:
        raise Refused("delivery.stale") from None


def _word(word: Until) -> str:
    return word.name.lower()


ROUTES = (
    Route(on_away, command="away", menu="handover.menu_away"),
    Route(on_until, verb="ho.away"),
    Route(on_deputy, verb="ho.by"),
    Route(on_stay, verb="ho.stay"),
    Route(on_back, command="back", menu="handover.menu_back"),
    Route(on_handover, command="handover", menu="handover.menu_handover", roles=LEADERS),
    Route(on_note, draft=actions.DRAFT),
    Route(on_give, verb="ho.give"),
    Route(on_acknowledge, verb="ho.ack"),
    Route(on_cancel, verb="ho.cancel"),
)
