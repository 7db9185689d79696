"""`/announce` and its buttons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance import actions
from bot.kit.events import Event, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Reply
from bot.kit.room import Route


def on_announce(session: Session, event: Event, now: datetime) -> Reply:
    """/announce: what is to be said?"""
    return actions.begin(session, event.person or 0, now) if event.private else NOTHING


def on_words(session: Session, event: Event, now: datetime) -> Reply | None:
    """The words, or a photo with or without them."""
    if not event.private or event.person is None:
        return None
    if isinstance(event, Said):
        return actions.write(session, event.person, event.text.strip(), None, None, now)
    if isinstance(event, Sent) and event.file.kind == "photo":
        photo = event.file.file_id
        return actions.write(session, event.person, event.caption.strip(), photo, event.album, now)
    return None


def on_whom(session: Session, event: Pressed, now: datetime) -> Reply:
    """A unit is chosen."""
    return actions.choose(session, event.person or 0, event.number(0), event.number(1), first=True, now=now)


def on_whom_again(session: Session, event: Pressed, now: datetime) -> Reply:
    """Another unit is chosen."""
    return actions.choose(session, event.person or 0, event.number(0), event.number(1), first=False, now=now)


def on_other(session: Session, event: Pressed, now: datetime) -> Reply:
    """Other people; or a part of a unit."""
    under = event.number(1)
    return actions.choose_again(session, event.person or 0, event.number(0), under if under > 0 else None, now)


def on_send(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Send*."""
    return actions.send(session, event.person or 0, event.number(0), event.number(1), now)


def on_cancel(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Cancel*."""
    return actions.cancel(session, event.person or 0)


ROUTES = (
    Route(on_announce, command="announce", menu="compliance.menu_announce", roles=("supervisor",)),
    Route(on_words, draft=actions.DRAFT),
    Route(on_whom, verb="cp.to"),
    Route(on_whom_again, verb="cp.re"),
    Route(on_other, verb="cp.in"),
    Route(on_send, verb="cp.send"),
    Route(on_cancel, verb="cp.cancel"),
)
