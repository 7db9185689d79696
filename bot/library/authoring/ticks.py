"""What follows in authoring: files that have come, and lessons whose moment has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts, outbox
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.room import Tick
from bot.kit.texts import text
from bot.library.authoring import (
    drafting,
    expiring,
    pressing,
    previews,
    publishing,
    screens,
    store,
    sweeping,
    voices,
    writing,
)
from bot.library.model import WENT_LIVE


def file_kept(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A file of a draft has come: its message says so."""
    drafting.file_kept(session, payload, now)
    found = store.draft(session, int(payload["draft"]))
    if found is None:
        return
    if found.state not in ("open", "planned"):
        sweeping.once_more(session, found.id)
        return
    talk = drafts.current(session, found.person, writing.KIND)
    mine = talk is not None and talk.data["draft"] == found.id
    step = talk.step if talk is not None and mine else writing.next_step(found)
    outbox.edit_ref(session, screens.ref(found), screens.draft(session, found, step, now), now)


def voice_kept(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A voice note has come, or never will: then its trainer is told."""
    if payload.get("media"):
        voices.keep(
            session, payload["lesson"], payload["language"], payload["unit"], payload["digest"], payload["media"],
            payload["person"], now,
        )  # fmt: skip
        return
    message = Message(text("library.authoring.voice_lost"))
    outbox.send(session, outbox.to_person(payload["person"]), message, outbox.Lane.REPLY, now)


def publish_planned(session: Session, now: datetime) -> bool:
    """Publishes one lesson whose moment has come; True while more wait."""
    found = publishing.due(session, now)
    if found is None:
        return False
    key = f"went-live:lesson:{found.id}:{found.publish_at.isoformat() if found.publish_at else ''}"
    title = screens.title_of(found.content)
    try:
        message = pressing.published(session, found, found.person, now)
    except Refused:  # whoever planned it may publish it no more, or something is lacking
        publishing.unplan(session, found)
        again = rows(button("library.authoring.b_draft", f"lw.open:{found.id}", title=title, planned=False))
        message = Message(text("library.authoring.plan_failed", title=title), again)
    outbox.edit_ref(session, screens.ref(found), message, now)
    told = Message(message.text, message.buttons)
    to = outbox.to_person(found.person)
    outbox.send(session, to, told, outbox.Lane.BULK, now, key=key, unasked=WENT_LIVE)
    return True


JOBS = {drafting.JOB: file_kept, voices.JOB: voice_kept, **previews.JOBS}
TICKS = (
    Tick("library.publish_lessons", publish_planned, 30),
    Tick("library.expire_drafts", expiring.expire, 3600),
    Tick("library.erase_unused_files", sweeping.erase_unused, 600),
)
