"""The talk about a licence: a photo, what it is for, its number, until when; and the supervisor's yes or no. Routes only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import Message, Reply, answer, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning.courses import licences, rules
from bot.learning.lists import who_is
from bot.people import store as people

NEVER = "co.no"


def on_licence(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """`/licence`: a paper from outside; first a photo of it."""
    who = who_is(session, event, now)
    if not event.private:
        return Reply()
    drafts.begin(session, who.id, licences.DRAFT, "photo", {}, now)
    return _asked("photo")


def _asked(step: str) -> Reply:
    keys = {"photo": "licence_photo", "name": "licence_name", "number": "licence_number", "expires": "licence_expires"}
    leave = button("learning.courses.never_mind", NEVER)
    return Reply(messages=(Message(text(f"learning.courses.{keys[step]}"), rows(leave)),))


def on_part(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """One part after the other. What does not fit is asked for again; what was given stays."""
    draft = drafts.current(session, event.person or 0, licences.DRAFT)
    if draft is None or not isinstance(event, Said | Sent):
        return None
    if isinstance(event, Sent):
        return _photo(session, draft, event, now)
    words = event.text.strip()
    if draft.step == "photo" or not words:
        return _asked(draft.step)
    if draft.step == "name":
        return _on(session, draft, "number", {"name": words[: licences.MOST_NAME]}, now)
    if draft.step == "number":
        return _on(session, draft, "expires", {"number": words[: licences.MOST_NUMBER]}, now)
    who = who_is(session, event, now)
    rest, expires = rules.split_date(words, people.today_of(who, now))
    if expires is None or rest:
        return answer("learning.courses.date_unclear")
    data = draft.data
    found = licences.enter(session, who, data["name"], data["number"], expires, data["photo"], now)
    drafts.close(session, draft)
    return answer("learning.courses.licence_sent", what=found.name, expires=expires.isoformat())


def _photo(session: Session, draft: Draft, event: Sent, now: datetime) -> Reply | None:
    if draft.step != "photo" or event.file.kind != "photo":
        return _asked(draft.step)
    return _on(session, draft, "name", {"photo": event.file.file_id}, now)


def _on(session: Session, draft: Draft, step: str, more: dict[str, Any], now: datetime) -> Reply:
    drafts.advance(session, draft, step, {**draft.data, **more}, now)
    return _asked(step)


def on_yes(session: Session, event: Pressed, now: datetime) -> Reply:
    """*It is right*: confirmed by somebody else than its holder."""
    return _decided(session, event, True, now)


def on_no(session: Session, event: Pressed, now: datetime) -> Reply:
    """*It is not*: the holder hears of it."""
    return _decided(session, event, False, now)


def _decided(session: Session, event: Pressed, yes: bool, now: datetime) -> Reply:
    viewer = people.viewer(session, event.person or 0, now)
    if viewer is None:
        return toast("delivery.stale", alert=True)
    found = licences.decide(session, viewer, event.number(0), yes, now)
    who = people.person(session, found.person, now)
    words = text("learning.courses.licence_decided", what=found.name, name=who.name if who else "", yes=yes)
    return Reply(edit=Message(words))


ROUTES = (
    Route(on_licence, command="licence", menu="learning.courses.menu_licence"),
    Route(on_licence, verb="co.licence"),
    Route(on_part, draft=licences.DRAFT),
    Route(on_yes, verb="co.lyes"),
    Route(on_no, verb="co.lno"),
)
