"""`/privacy`: what is kept of people, in plain words and their language."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.events import Said
from bot.kit.privacy import DAYS, Kind
from bot.kit.replies import Reply, answer
from bot.kit.room import Route
from bot.privacy.keeping import composed


def on_privacy(session: Session, event: Said, now: datetime) -> Reply | None:
    """Anybody may read it, also who has not joined yet: it is what they would agree to."""
    return answer("privacy.notice", days=composed.days[Kind.MESSAGES] or DAYS[Kind.MESSAGES])


ROUTES = (Route(on_privacy, command="privacy", stranger=True, menu="privacy.menu"),)
