"""What follows when an announcement has ended; and what was begun and left lying is erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.compliance import actions
from bot.db.once import changed
from bot.delivery.tables import DraftRow
from bot.kit.room import Tick

LEFT = timedelta(days=1)
KINDS = ("dc.draft", "rd.draft", "pt.draft", "vi.draft", "lw.draft")
"""The room's conversations: what somebody began to write about somebody else is kept no longer than a day."""


def forget_drafts(session: Session, now: datetime) -> bool:
    """Erases drafts that nobody went on with."""
    changed(session, delete(DraftRow).where(DraftRow.kind.in_(KINDS), DraftRow.touched_at < now - LEFT))
    return False


TICKS = (Tick("compliance.forget_drafts", forget_drafts, 600),)
JOBS = {actions.ENDED: actions.ended}
