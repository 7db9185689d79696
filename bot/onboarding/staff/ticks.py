"""Personnel files that nobody applied are emptied after a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.onboarding.staff.tables import PeopleFileRow

KEEP = timedelta(days=1)


def forget_files(session: Session, now: datetime) -> bool:
    """Empties them."""
    old = (PeopleFileRow.found.is_not(None), PeopleFileRow.created_at < now - KEEP)
    session.execute(update(PeopleFileRow).where(*old).values(found=None, state="cancelled"))
    return False


TICKS = (Tick("onboarding.staff.forget_files", forget_files, 3600),)
