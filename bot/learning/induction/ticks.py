"""What falls due of the gate: inductions that begin by what happened to somebody, and days that come near."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.learning.induction import actions, rules, store
from bot.ledger.model import Subscription

SLICE = 20
LOOKS_BACK = timedelta(days=3)
"""So long after an absence its end is looked for: longer than the house is ever down."""
LEAST_ABSENCE = timedelta(days=28)
"""Shorter absences are not even looked at: no company asks anything anew after a holiday."""


def on_new(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Somebody is on the payroll from now on, or has opened Davy: their induction begins."""
    if payload.get("person") is not None:
        actions.begin_new(session, payload["person"], now)


def on_moved(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Somebody has another unit or post."""
    if payload.get("person") is not None:
        actions.begin_again(session, payload["person"], now)


def notice_returns(session: Session, now: datetime) -> bool:
    """Who is back after a long absence."""
    for leave in store.returned(session, now - LOOKS_BACK, now, LEAST_ABSENCE):
        assert leave.ends_at is not None
        actions.begin_return(session, leave.person_id, leave.id, (leave.starts_at, leave.ends_at), now)
    return False


def remind_of_days(session: Session, now: datetime) -> bool:
    """Inductions that are to be done in three days: once."""
    found = store.due_soon(session, (now + rules.REMINDED_BEFORE).date(), SLICE)
    for row in found:
        actions.remind(session, row, now)
    return len(found) == SLICE


TICKS = (
    Tick("induction.notice_returns", notice_returns, seconds=600),
    Tick("induction.remind_of_days", remind_of_days, seconds=3600),
)
SUBSCRIPTIONS = (
    Subscription("PersonAdded", "learning.induction", on_new),
    Subscription("PersonJoined", "learning.induction", on_new),
    Subscription("PersonMoved", "learning.induction", on_moved),
)
