"""What is forgotten of the door of a tablet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.web.tablet import seconding
from bot.web.tablet.model import RESTED
from bot.web.tablet.tables import PinTryRow


def forget_tries(session: Session, now: datetime) -> bool:
    """Wrong PINs of long ago count no more, so nothing is kept of them."""
    session.execute(delete(PinTryRow).where(PinTryRow.last_at < now - RESTED, PinTryRow.until <= now))
    return False


TICKS = (Tick("web.tablet.forget_tries", forget_tries, 3600),)
JOBS = {seconding.SECONDED: seconding.seconded}
