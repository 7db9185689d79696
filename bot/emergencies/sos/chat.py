"""`/sos`, `/alone` and their buttons. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.emergencies.chat import who_asks
from bot.emergencies.sos import actions, rules, showing, store
from bot.emergencies.sos.model import State
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Event, Located, Pressed, Said
from bot.kit.replies import Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text

MORE, WHERE = "so.more", "al.where"


def on_sos(session: Session, event: Event, now: datetime) -> Reply | None:
    """The first tap: the number, and the key that sends. Reads only."""
    if not event.private:
        return None
    who = who_asks(session, event, now)
    open_ = store.open_of(session, who.id, now)
    return Reply((showing.mine(session, open_, now) if open_ is not None else showing.ask(session, who),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`so:send`, `so:go:number`, `so:over:number`."""
    who, act = who_asks(session, event, now), event.word(0)
    if act == "send":
        found = actions.send(session, who, f"sos:{event.chat}:{event.message}:{who.id}", now)
        drafts.begin(session, who.id, MORE, "more", {"sos": found.id}, now)
        place = Message(text("emergencies.sos.ask_place"), ask="location")
        return Reply((showing.mine(session, found, now), place), drop_buttons=True)
    if act == "go":
        actions.go(session, who, event.number(1), now)
        return Reply(toast=text("emergencies.sos.t_go"))
    if act == "over":
        found = actions.over(session, who, event.number(1), now)
        draft = drafts.current(session, found.person, MORE)
        if draft is not None:
            drafts.close(session, draft)
        cancelled = found.state is State.CANCELLED
        return Reply(toast=text("emergencies.sos.t_cancelled" if cancelled else "emergencies.sos.t_is_over"))
    return None


def on_more(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Where they are, or words, for those who are called. All else is passed on."""
    draft = drafts.current(session, event.person, MORE) if event.person is not None and event.private else None
    found = store.sos(session, int(draft.data["sos"])) if draft is not None else None
    late = found is not None and now - found.sent_at > rules.MORE
    if draft is None or found is None or late or found.state not in (State.SENT, State.SEEN):
        if draft is not None:
            drafts.close(session, draft)
        return None
    if isinstance(event, Located):
        actions.add(session, found, now, place=(event.latitude, event.longitude))
    elif isinstance(event, Said) and event.text.strip():
        actions.add(session, found, now, words=event.text.strip()[: rules.MOST_WORDS])
    else:
        return None
    return Reply((Message(text("emergencies.sos.added")),))


def on_alone(session: Session, event: Event, now: datetime) -> Reply | None:
    """`/alone`: one's timer, or where one will be alone."""
    if not event.private:
        return None
    who = who_asks(session, event, now)
    running = store.alone_of(session, who.id)
    if running is not None:
        return Reply((showing.timer(running),))
    drafts.begin(session, who.id, WHERE, "where", {}, now)
    return Reply((Message(text("emergencies.sos.ask_alone")),))


def on_where(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Where somebody will be and what they do there; then how often it asks."""
    draft = drafts.current(session, event.person, WHERE) if event.person is not None and event.private else None
    if draft is None or not isinstance(event, Said):
        return None
    words = event.text.strip()[: rules.MOST_WORDS]
    drafts.advance(session, draft, "every", {"words": words}, now)
    keys = [button("emergencies.sos.b_minutes", f"al:every:{minutes}", minutes=minutes) for minutes in rules.EVERY]
    return Reply((Message(text("emergencies.sos.ask_every"), rows(*keys, each=3)),))


def on_alone_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`al:every:minutes`, `al:for:minutes:hours`, `al:ok:number`, `al:end:number`."""
    who, act = who_asks(session, event, now), event.word(0)
    if act == "ask":
        return on_alone(session, event, now)
    if act == "every":
        keys = [
            button("emergencies.sos.b_hours", f"al:for:{event.number(1)}:{hours}", hours=hours)
            for hours in rules.LENGTHS
        ]
        return Reply(edit=Message(text("emergencies.sos.ask_long"), rows(*keys, each=3)))
    if act == "for":
        draft = drafts.current(session, who.id, WHERE)
        if draft is None:
            raise Refused("emergencies.t_gone")
        words = str(draft.data.get("words", ""))
        found = actions.begin_alone(session, who, words, event.number(1), event.number(2), now)
        drafts.close(session, draft)
        return Reply(edit=showing.timer(found))
    if act == "ok":
        found = actions.still_fine(session, who, event.number(1), now)
        return Reply(edit=showing.timer(found), toast=text("emergencies.sos.t_fine"))
    if act == "end":
        if not actions.end_alone(session, who.id, event.number(1), now):
            raise Refused("emergencies.sos.t_alone_over")
        return Reply(edit=Message(text("emergencies.sos.alone_ended")))
    return None


ROUTES = (
    Route(on_sos, command="sos", menu="emergencies.sos.menu", urgent=True),
    Route(on_sos, verb="so.ask", urgent=True),
    Route(on_press, verb="so"),
    Route(on_more, draft=MORE),
    Route(on_alone, command="alone", menu="emergencies.sos.menu_alone"),
    Route(on_alone_press, verb="al"),
    Route(on_where, draft=WHERE),
)
