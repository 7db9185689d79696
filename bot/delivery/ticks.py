"""What falls due in delivery itself: what was held back for too long, and broadcasts that are under way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import approvals, backlog, broadcasts, progress
from bot.delivery.browser import sealed
from bot.kit.room import Tick


def begin(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A broadcast has been started: its first people get it at once."""
    progress.work(session, now)


JOBS = {broadcasts.BEGUN: begin, broadcasts.SECONDED: progress.seconded}


def forget_sealed(session: Session, now: datetime) -> bool:
    """Mailboxes under seal are emptied of what is old."""
    sealed.prune(session, now)
    return False


TICKS = (
    Tick("delivery.settle_backlog", backlog.settle, 30),
    Tick("delivery.broadcast", progress.work, 2),
    Tick("delivery.second_word", approvals.expire, 60),
    Tick("delivery.forget_sealed", forget_sealed, 3600),
)
