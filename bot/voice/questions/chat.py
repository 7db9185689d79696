"""`/ask`, `/faq` and their buttons. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Event, Pressed, Said
from bot.kit.replies import NOTHING, Reply
from bot.kit.room import Route
from bot.voice import typed, whom
from bot.voice.questions import actions, showing, store
from bot.voice.questions.model import ANSWER, ASK, SEARCH


def on_ask(session: Session, event: Event, now: datetime) -> Reply | None:
    """A question to the safety officer begins."""
    who = whom.person(session, event, now)
    if who is None:
        return NOTHING if event.person is not None else None
    message = actions.begin_question(session, who.id, now)
    return Reply(edit=message) if isinstance(event, Pressed) else Reply((message,))


def on_question(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The text of a question."""
    if not (words := typed.words(event)) or event.person is None:
        return None
    return actions.ask(session, event.person, words, now)


def on_answer(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The text of an answer."""
    if not (words := typed.words(event)) or event.person is None:
        return None
    return actions.give_answer(session, event.person, words, now)


def on_faq(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/faq`: the newest answers; `/faq forks`: those that fit."""
    who = whom.person(session, event, now)
    if who is None:
        return NOTHING if event.person is not None else None
    if event.args.strip():
        return Reply((actions.look_for(session, who, event.args, now),))
    return Reply((actions.begin_search(session, who, now),))


def on_search(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is looked for; one may go on looking."""
    who, words = whom.person(session, event, now), typed.words(event)
    draft = typed.fresh(session, who.id, SEARCH, now) if who is not None and words else None
    if who is None or draft is None:
        return None
    return Reply((actions.look_for(session, who, words, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`vq:what:number`."""
    who, act, id = whom.person(session, event, now), event.word(0), event.number(1)
    if who is None:
        return None
    if act == "new":
        return on_ask(session, event, now)
    if act == "list":
        if (draft := drafts.current(session, who.id, ASK)) is not None:
            drafts.close(session, draft)  # what is typed next is looked for, not asked
        return Reply((actions.begin_search(session, who, now),))
    if act == "answer":
        return actions.begin_answer(session, who.id, id, now)
    if act == "send":
        return actions.ask_all_the_same(session, who, now)
    if act == "helped":
        return actions.helped(session, who, id, now)
    if act == "hide":
        return actions.keep_private(session, who.id, id, now)
    if act == "read":
        known = store.found(session, who, id)
        if known is None:
            raise Refused("delivery.stale")
        return Reply((showing.one(session, known, now),))
    return None


ROUTES = (
    Route(on_ask, command="ask", menu="voice.questions.menu"),
    Route(on_faq, command="faq", menu="voice.questions.menu_faq"),
    Route(on_question, draft=ASK),
    Route(on_answer, draft=ANSWER),
    Route(on_search, draft=SEARCH),
    Route(on_press, verb="vq"),
)
