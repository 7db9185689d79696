"""Points for what other rooms record, and appeals that nobody decided in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.ledger.model import Subscription
from bot.rewards import actions, appealing
from bot.rewards.model import EARNABLE


def on_fact(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Somebody did something that the policy may give points for."""
    actions.earn(session, payload, now)


def on_left(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """What a leaver was to decide goes on to somebody else."""
    if payload["person"] is not None:
        appealing.leave(session, payload["person"], now)


LATER = {"MusterAnswered": timedelta(minutes=10)}
"""In a muster thousands answer at once, and who is missing matters more than anybody's points: these come when it is quiet."""
TICKS = (Tick("rewards.escalate", appealing.escalate_due, 60),)
SUBSCRIPTIONS = (
    *(Subscription(fact, "rewards", on_fact, after=LATER.get(fact, timedelta())) for fact in EARNABLE),
    Subscription("PersonLeft", "rewards", on_left),
)
