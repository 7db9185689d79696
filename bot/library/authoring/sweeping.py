"""Files that came for a draft and that nothing shows, once the draft is published or given up: they are erased, in slices.

A day later, so that whatever still shows them has been sent, and whoever gave up by mistake can be helped.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.base import Base
from bot.delivery.tables import FileIdRow
from bot.library.authoring import previews
from bot.library.authoring.model import CANCELLED, PUBLISHED
from bot.library.authoring.tables import LessonDraftRow, LessonFileRow
from bot.media import store as media
from bot.media.held import held

AFTER = timedelta(days=1)
MOST = 5
"""Drafts in one slice: whether anything shows a file is looked up in every table that could."""
ERASED = "erased"


def erase_unused(session: Session, now: datetime) -> bool:
    """Erases what is left of a few drafts; True while more wait."""
    query = (
        select(LessonDraftRow.id)
        .where(
            LessonDraftRow.swept_at.is_(None),
            LessonDraftRow.settled_at <= now - AFTER,
            LessonDraftRow.state.in_((PUBLISHED, CANCELLED)),
        )
        .order_by(LessonDraftRow.settled_at)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    drafts = session.scalars(query).all()
    if not drafts:
        return False
    theirs = (LessonFileRow.draft_id.in_(drafts), LessonFileRow.media.is_not(None))
    refs = {ref for ref in session.scalars(select(LessonFileRow.media).where(*theirs)) if ref is not None}
    refs |= {ref for draft in drafts for ref in previews.forget(session, draft)}
    session.execute(update(LessonFileRow).where(*theirs).values(media=None, error=ERASED))
    session.execute(update(LessonDraftRow).where(LessonDraftRow.id.in_(drafts)).values(swept_at=now))
    for ref in refs - held(session, Base.metadata, refs):
        session.execute(delete(FileIdRow).where(FileIdRow.ref == ref))
        media.erase(ref)
    return len(drafts) == MOST


def once_more(session: Session, draft: int) -> None:
    """A file came for a draft after it was given up."""
    session.execute(update(LessonDraftRow).where(LessonDraftRow.id == draft).values(swept_at=None))
