"""`/dutychecks` and the buttons of a look at a duty. Routes only."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.duties.checks import actions, showing, store
from bot.duties.checks.model import DRAFT, Outcome, State
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text

WITHIN = timedelta(hours=12)
"""So long what is typed belongs to the look that was answered last."""


def on_checks(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/dutychecks`: what one is to look at this week."""
    if event.person is None or not event.private:
        return NOTHING if event.person is not None else None
    found = store.open_for(session, event.person)
    return Reply((showing.asked(session, found, now) if found else Message(text("duties.checks.nothing")),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`dck:what:number`."""
    act, id = event.word(0), event.number(1)
    found = store.check(session, id)
    if event.person is None or found is None:
        return None
    if act == "open":
        if found.checker != event.person:
            raise Refused("duties.not_yours")
        if found.state is State.ANSWERED:
            raise Refused("duties.answered_before")
        return Reply((showing.card(session, found, now),))
    if act == "found" and event.word(2) in tuple(Outcome):
        outcome = Outcome(event.word(2))
        actions.answer(session, event.person, id, outcome, now)
        drafts.begin(session, event.person, DRAFT, "note", {"check": id}, now)
        said = text("duties.checks.noted", **showing.line(session, found, now), outcome=outcome.value)
        return Reply(edit=Message(said, rows(button("duties.checks.b_skip", f"dck:skip:{id}"))))
    if act == "skip":
        _close(session, event.person)
        return Reply(drop_buttons=True, toast=text("duties.checks.t_kept"))
    if act == "reply":
        if found.person != event.person:
            raise Refused("duties.not_yours")
        if found.reply:
            raise Refused("duties.answered_before")
        drafts.begin(session, event.person, DRAFT, "reply", {"check": id}, now)
        return Reply((Message(text("duties.checks.ask_reply")),))
    return None


def _close(session: Session, person: int) -> None:
    if (draft := drafts.current(session, person, DRAFT)) is not None:
        drafts.close(session, draft)


def on_words(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Words or a photo of whoever looked; or what the person says whose duty it is. Later on they are a new matter."""
    if event.person is None or not event.private:
        return None
    draft = drafts.current(session, event.person, DRAFT)
    if draft is None or draft.created_at < now - WITHIN:
        return None
    id = draft.data["check"]
    if isinstance(event, Said) and draft.step == "reply":
        actions.reply(session, event.person, id, event.text.strip(), now)
    elif isinstance(event, Said) and draft.step == "note":
        actions.add(session, event.person, id, event.text.strip(), None, now)
    elif isinstance(event, Sent) and draft.step == "note" and event.file.kind == "photo":
        actions.add(session, event.person, id, event.caption.strip(), event.file.file_id, now)
    else:
        return None
    drafts.close(session, draft)
    return Reply((Message(text("duties.checks.t_kept")),))


ROUTES = (
    Route(
        on_checks, command="dutychecks", menu="duties.checks.menu", roles=("supervisor", "safety_officer", "manager")
    ),
    Route(on_press, verb="dck"),
    Route(on_words, draft=DRAFT),
)
