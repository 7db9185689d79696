"""`/budget` and its buttons. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db import jobs
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Message, Reply
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people.model import Person, Role
from bot.resources import whom
from bot.resources.budget import actions, asking, picture, showing, store, telling
from bot.resources.budget.model import DRAFT


def on_budget(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/budget`: where the money of one's units stands."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply((showing.overview(session, _leader(session, who, now), now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`bg:what:number`."""
    who, act, id = speaking.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    _leader(session, who, now)
    if act in ("all", "ask", "plan", "waiting", "picture"):
        return _overall(session, event, who, act, now)
    if act in ("line", "book"):
        return _line(session, who, act, id, now)
    return _request(session, event, who, act, id, now)


def _overall(session: Session, event: Pressed, who: Person, act: str, now: datetime) -> Reply:
    if act == "ask":
        return Reply((asking.begin(session, who, "line", {}, now),))
    if act == "plan":
        if not whom.units(session, who.id, actions.PLANNER, now):
            raise Refused("resources.not_yours")
        return Reply((asking.begin(session, who, "unit", {}, now),))
    if act == "waiting":
        found = [(each, store.line(session, each.line)) for each in store.approvable(session, who.id, now, 5)]
        cards = tuple(telling.card(session, each, line, now) for each, line in found if line is not None)
        return Reply(cards or (Message(text("resources.budget.nothing_waits")),))
    if act == "picture":
        key = f"budget-picture:{who.id}:{event.update_id}"
        jobs.enqueue(session, picture.PICTURE, {"person": who.id, "key": key}, key=key, now=now)
        return Reply(toast=text("resources.budget.t_drawing"))
    return Reply((showing.overview(session, who, now),))


def _line(session: Session, who: Person, act: str, id: int, now: datetime) -> Reply:
    line = store.line(session, id)
    if line is None or not speaking.holds(session, who.id, Role.SUPERVISOR, line.path, now):
        raise Refused("resources.not_yours")
    if act == "book":
        if not speaking.holds(session, who.id, actions.KEEPER, line.path, now):
            raise Refused("resources.not_yours")
        return Reply((asking.begin(session, who, "cost", {"line": id}, now),))
    return Reply((showing.line_card(session, who, line, now),))


def _request(session: Session, event: Pressed, who: Person, act: str, id: int, now: datetime) -> Reply | None:
    if act == "yes":
        found = actions.approve(session, who.id, id, now)
        return Reply(edit=Message(text("resources.budget.approved", number=found.id)))
    if act == "no":
        actions.answerable(session, who.id, id, now)
        return Reply((asking.begin(session, who, "reason", {"request": id}, now),))
    if act == "back":
        actions.withdraw(session, who.id, id, now)
        return Reply(edit=Message(text("resources.budget.withdrawn", number=id)))
    if act == "pay":
        _, line = actions.committed(session, who.id, id, now)
        return Reply((asking.begin(session, who, "cost", {"request": id, "line": line.id}, now),))
    if act == "close":
        _, line = actions.committed(session, who.id, id, now)
        released = actions.close(session, who.id, id, now)
        return Reply(edit=Message(text("resources.budget.closed", number=id, released=[released, line.currency])))
    if act == "open":
        asked = store.request(session, id)
        if asked is None or asked.person != who.id:
            raise Refused("resources.not_yours")
        return Reply((showing.request_card(session, who, asked, now),))
    return None


def on_choice(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`bgd:step:value`: a button of a conversation."""
    who = speaking.person(session, event, now)
    if who is None:
        return None
    return Reply((asking.chosen(session, who, event.word(0), event.number(1), now),), drop_buttons=True)


def on_words(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is typed, or a photo, while one of these conversations is open."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return None
    found = None
    if isinstance(event, Said):
        found = asking.typed(session, who, event.text.strip(), event.update_id, now)
    elif isinstance(event, Sent) and event.file.kind == "photo":
        found = asking.photo(session, who, event.file.file_id, now)
    return Reply((found,)) if found is not None else None


def _leader(session: Session, who: Person, now: datetime) -> Person:
    if not speaking.paths(session, who.id, Role.SUPERVISOR, now):
        raise Refused("resources.only_leaders")
    return who


ROUTES = (
    Route(on_budget, command="budget", menu="resources.budget.menu", roles=whom.LEADERS),
    Route(on_press, verb="bg"),
    Route(on_choice, verb="bgd"),
    Route(on_words, draft=DRAFT),
)
