"""Lessons in the making that nobody goes on with: brought up once, put aside a week later, and then their files are erased.

What goes live at a moment that somebody has named waits for that moment, however far it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import drafts, outbox
from bot.delivery.tables import OutboxRow
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.library.authoring import screens, store
from bot.library.authoring.model import CANCELLED, DRAFT_WAITS, OPEN, LessonDraft
from bot.library.authoring.tables import LessonDraftRow
from bot.library.authoring.writing import KIND

UNTOUCHED = timedelta(days=23)
"""After so long its writer is reminded, once."""
GRACE = timedelta(days=7)
"""So long after the reminder it is put aside: 30 days after the last touch, later only if Davy was away meanwhile."""
MOST = 20
LOOKED_AT = 500


def expire(session: Session, now: datetime) -> bool:
    """Reminds the writers of a few drafts and puts a few aside; True while more wait."""
    query = (
        select(LessonDraftRow.id, LessonDraftRow.touched_at)
        .where(LessonDraftRow.state == OPEN, LessonDraftRow.touched_at <= now - UNTOUCHED)
        .order_by(LessonDraftRow.touched_at)
        .limit(LOOKED_AT)
    )
    keys = {_key(row.id, row.touched_at): row for row in session.execute(query)}
    told = select(OutboxRow.key, OutboxRow.created_at).where(OutboxRow.key.in_(keys))
    reminded = {row.key: row.created_at for row in session.execute(told)} if keys else {}
    over = [row for key, row in keys.items() if key in reminded and reminded[key] <= now - GRACE]
    untold = [row for key, row in keys.items() if key not in reminded]
    for row in over[:MOST]:
        _put_aside(session, row.id, row.touched_at, now)
    _remind(session, untold[:MOST], now)
    return len(over) > MOST or len(untold) > MOST


def _key(draft: int, touched_at: datetime) -> str:
    """Once each time that a draft is left lying."""
    return f"lesson-draft-waits:{draft}:{touched_at.isoformat()}"


def _remind(session: Session, found: Sequence[Any], now: datetime) -> None:
    for row in found:
        draft = _draft(session, row.id)
        title = screens.title_of(draft.content)
        words = text("library.authoring.draft_waits", title=title, until=(now + GRACE).isoformat())
        buttons = rows(
            button("library.authoring.b_on", f"lw.open:{draft.id}"),
            button("library.authoring.b_no", f"lw.no:{draft.id}"),
        )
        to = outbox.to_person(draft.person)
        key = _key(row.id, row.touched_at)
        message = Message(words, buttons, ref=screens.ref(draft))
        outbox.send(session, to, message, outbox.Lane.BULK, now, key=key, unasked=DRAFT_WAITS)


def _put_aside(session: Session, id: int, touched_at: datetime, now: datetime) -> None:
    which = (LessonDraftRow.id == id, LessonDraftRow.state == OPEN, LessonDraftRow.touched_at == touched_at)
    done = update(LessonDraftRow).where(*which).values(state=CANCELLED, settled_at=now)
    if changed(session, done) != 1:
        return
    draft = _draft(session, id)
    talk = drafts.current(session, draft.person, KIND)
    if talk is not None and talk.data["draft"] == id:
        drafts.close(session, talk)
    title = screens.title_of(draft.content)
    outbox.edit_ref(session, screens.ref(draft), Message(text("library.authoring.draft_over", title=title)), now)


def _draft(session: Session, id: int) -> LessonDraft:
    found = store.draft(session, id)
    assert found is not None, "rows of drafts are never deleted"
    return found
