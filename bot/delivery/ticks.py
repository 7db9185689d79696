"""What falls due in delivery itself: what was held back for too long, and broadcasts that are under way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import backlog, broadcasts, progress
from bot.kit.room import Tick


def begin(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A broadcast has been started: its first people get it at once."""
    progress.work(session, now)


JOBS = {broadcasts.BEGUN: begin}
TICKS = (Tick("delivery.settle_backlog", backlog.settle, 30), Tick("delivery.broadcast", progress.work, 2))
