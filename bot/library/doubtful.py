"""Routes of *This is wrong*, which stands under every question, and of those who decide about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Message, Reply, answer, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.library import doubting, store
from bot.library.showing import said
from bot.people import store as people
from bot.people.model import Person

DRAFT, DECISION = "doubt", "doubt_decision"
PATIENCE = 3600
"""Seconds in which typed words belong to the question that was asked for; afterwards they are about something else."""


def on_wrong(session: Session, event: Pressed, now: datetime) -> Reply:
    """*This is wrong*: asks what is."""
    who, question, version = _who(session, event, now), event.word(0), event.number(1)
    found = store.question(session, question, version)
    if found is None:
        return toast("delivery.stale", alert=True)
    drafts.begin(session, who.id, DRAFT, "words", {"question": question, "version": version}, now)
    buttons = rows(button("library.doubt_send", "lb.wrongly"), button("library.cancel", "lb.unwrong"))
    words = text("library.doubt_what", stem=said(found.question.stem))
    return Reply((Message(words, buttons),))


def on_words(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is wrong, typed; anything but words is passed on, and so is what is said in a group."""
    draft = drafts.current(session, event.person or 0, DRAFT)
    fresh = draft is not None and (now - draft.created_at).total_seconds() <= PATIENCE
    if draft is None or not fresh or not isinstance(event, Said) or not event.private:
        return None
    return Reply((_doubt(session, event, draft, event.text, now),))


def on_without_words(session: Session, event: Pressed, now: datetime) -> Reply:
    """Sent as it is."""
    draft = drafts.current(session, event.person or 0, DRAFT)
    if draft is None:
        return toast("delivery.stale", alert=True)
    return Reply(edit=_doubt(session, event, draft, "", now))


def on_cancel(session: Session, event: Pressed, now: datetime) -> Reply:
    """It was a slip of the finger."""
    draft = drafts.current(session, event.person or 0, DRAFT)
    if draft is not None:
        drafts.close(session, draft)
    return Reply(edit=Message(text("library.doubt_dropped")))


def _doubt(session: Session, event: AnyEvent, draft: drafts.Draft, words: str, now: datetime) -> Message:
    drafts.close(session, draft)
    question, version = str(draft.data["question"]), int(draft.data["version"])
    new = doubting.doubt(session, question, version, words.strip(), _who(session, event, now), now)
    return Message(text("library.doubt_sent" if new else "library.doubt_before"))


def on_keep(session: Session, event: Pressed, now: datetime) -> Reply:
    """*It is right*: asks why, for whoever doubted it."""
    if not doubting.may_decide(session, event.word(0), event.person or 0, now):
        return toast("library.t_not_your_bank", alert=True)
    data = {"question": event.word(0), "version": event.number(1)}
    drafts.begin(session, event.person or 0, DECISION, "why", data, now)
    return answer("library.doubt_why")


def on_withdraw(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Withdraw it*: nobody is asked it any more; then asks what is right instead."""
    correction = doubting.withdraw(session, event.word(0), event.number(1), _who(session, event, now), now)
    drafts.begin(session, event.person or 0, DECISION, "instead", {"correction": correction}, now)
    return answer("library.doubt_instead")


def on_decision(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The sentence that was asked for; what is said in a group is meant for the group."""
    draft = drafts.current(session, event.person or 0, DECISION)
    if draft is None or not isinstance(event, Said) or not event.private or not event.text.strip():
        return None
    who = _who(session, event, now)
    if draft.step == "why":
        question, version = str(draft.data["question"]), int(draft.data["version"])
        doubting.keep(session, question, version, event.text.strip(), who, now)
    else:
        doubting.explain(session, int(draft.data["correction"]), event.text.strip(), who, now)
    drafts.close(session, draft)
    return answer("library.doubt_told" if draft.step == "why" else "library.doubt_told_all")


def _who(session: Session, event: AnyEvent, now: datetime) -> Person:
    who = people.person(session, event.person or 0, now)
    assert who is not None, "routes are for people we know"
    return who


ROUTES = (
    Route(on_wrong, verb="lb.wrong"),
    Route(on_without_words, verb="lb.wrongly"),
    Route(on_cancel, verb="lb.unwrong"),
    Route(on_words, draft=DRAFT),
    Route(on_keep, verb="lb.keep1"),
    Route(on_withdraw, verb="lb.drop1"),
    Route(on_decision, draft=DECISION),
)
