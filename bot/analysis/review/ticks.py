"""A new month: what is open goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.analysis.review import actions, rules, store
from bot.kit.clock import local_date
from bot.kit.room import Tick
from bot.ledger.model import Subscription
from bot.people import store as people

SLICE = 20


def carry_over(session: Session, now: datetime) -> bool:
    """Entries that still stand in a month that is over at the company; True while more are left."""
    company = next((unit for unit in people.units(session) if unit.parent is None), None)
    month = rules.month_of(local_date(now, company.zone if company else "UTC"))
    found = store.to_carry(session, month, SLICE)
    for each in found:
        actions.carry(session, each, month, now)
    return len(found) == SLICE


def on_left(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft."""
    if payload["person"] is not None:
        actions.pass_on(session, payload["person"], now)


TICKS = (Tick("analysis.review.carry_over", carry_over, seconds=600),)
SUBSCRIPTIONS = (Subscription("PersonLeft", "analysis.review", on_left),)
