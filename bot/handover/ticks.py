"""What falls due: reminders of handovers nobody has acknowledged."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.handover import actions
from bot.kit.room import Tick
from bot.ledger.model import Subscription


def remind(session: Session, now: datetime) -> bool:
    """Reminds, in slices."""
    return actions.remind(session, now)


SUBSCRIPTIONS = (Subscription("PersonLeft", "handover", actions.pass_on),)
TICKS = (Tick("handover.remind", remind, 20),)
