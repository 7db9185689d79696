"""Writing a reply into the outbox, in the transaction of its event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drawings, outbox
from bot.delivery.browser import inbox
from bot.delivery.browser.model import CHANNEL
from bot.delivery.outbox import Lane, To
from bot.i18n.languages import closest
from bot.kit.events import AnyEvent, Pressed
from bot.kit.replies import Media, Message, Reply
from bot.kit.texts import Text


@dataclass(frozen=True)
class Answered:
    """What is left to say after the commit: the answer to a press, which cannot wait and is not kept."""

    callback: str | None = None
    toast: Text | None = None
    alert: bool = False
    lang: str = "en"
    zone: str = "UTC"


def write(session: Session, event: AnyEvent, reply: Reply, now: datetime) -> None:
    """Queues all of a reply but its toast."""
    lang = closest(event.lang) if event.person is None or not event.private else None
    to = To(person=event.person if event.private else None, chat=event.chat, lang=lang)
    for message in reply.messages:
        outbox.send(session, to, message, Lane.REPLY, now)
    if isinstance(event, Pressed) and event.message is not None:
        if reply.edit is not None:
            _edit(session, event, event.message, reply.edit, now)
        elif reply.drop_buttons:
            outbox.drop_buttons(session, event.chat, event.message, now)
    if event.channel == CHANNEL:  # the page that is shown next is the answer
        inbox.take_in(session, event.person, event.chat, now)


def write_all(session: Session, replies: Sequence[tuple[Pressed, Reply]], now: datetime) -> None:
    """Queues the replies to many presses: the pressed messages that only change their words in one step."""
    edits = []
    for event, reply in replies:
        new = reply.edit
        if new is None or new.media or event.captioned or event.message is None or reply.messages:
            write(session, event, reply, now)
        else:
            edits.append((event.chat, event.message, new))
    outbox.edit_all(session, edits, now)


def _edit(session: Session, event: Pressed, number: int, message: Message, now: datetime) -> None:
    if message.media and not event.captioned and not drawings.wanted_by(session, event.person):
        message = drawings.without(message)
    if message.media and not event.captioned:
        # a text cannot become a picture: the old one loses its buttons and the new one follows
        outbox.drop_buttons(session, event.chat, number, now)
        outbox.send(session, To(person=event.person, chat=event.chat), message, Lane.REPLY, now)
        return
    if event.captioned and not message.media:
        message = replace(message, media=(Media("photo", "keep"),))
    outbox.edit(session, event.chat, number, message, now)
