"""`/review` and its buttons. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.analysis.review import actions, setting, showing, store
from bot.analysis.review.model import DRAFT, Phase
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import NOTHING, Reply
from bot.kit.room import Route
from bot.people import speaking

LEADING = ("supervisor", "safety_officer", "manager", "admin")


def on_review(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/review`: the open entries of one's units, and one's own."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply((showing.overview(session, who.id, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`rv:what:number`."""
    who, act, id = speaking.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    if act == "all":
        return Reply((showing.overview(session, who.id, now),))
    if act == "new":
        return Reply((setting.begin(session, who, now),))
    if act in ("note", "due", "done", "dropped"):
        return Reply((setting.ask(session, who, act, id, now),))
    found = store.item(session, id)
    if found is None or not store.may(session, found, who.id, now):
        raise Refused("analysis.review.not_yours")
    if act == "go" and event.word(2) in {each.value for each in Phase}:
        return Reply(
            edit=showing.card(session, actions.go_on(session, who.id, id, Phase(event.word(2)), now), who.id, now)
        )
    return Reply((showing.card(session, found, who.id, now),)) if act == "open" else None


def on_choice(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`rvd:step:value`: a button of a conversation."""
    who = speaking.person(session, event, now)
    if who is None or event.word(0) not in ("kind", "unit", "owner", "due", "newdue"):
        return None
    return Reply((setting.chosen(session, who, event.word(0), event.number(1), now),), drop_buttons=True)


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is typed while an entry is made, noted or ended."""
    who = speaking.person(session, event, now)
    if who is None or not isinstance(event, Said) or not event.private:
        return None
    found = setting.typed(session, who, event.text.strip(), now)
    return Reply((found,)) if found is not None else None


ROUTES = (
    Route(on_review, command="review", menu="analysis.review.menu", roles=LEADING),
    Route(on_press, verb="rv"),
    Route(on_choice, verb="rvd"),
    Route(on_typed, draft=DRAFT),
)
