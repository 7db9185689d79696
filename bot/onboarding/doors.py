"""What stands before a route: who is asking, and whether this may be said in front of others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.events import Event
from bot.kit.replies import NOTHING, Reply, answer
from bot.onboarding import actions
from bot.people import store as people
from bot.people.model import Person

Handler = Callable[[Session, Any, datetime], Reply]


def privately(handler: Handler) -> Handler:
    """In a group the answer is only where to ask: what one person may see, their group may not."""

    @wraps(handler)
    def wrapped(session: Session, event: Event, now: datetime) -> Reply:
        if event.private:
            return handler(session, event, now)
        if event.person is None:
            return NOTHING
        return answer("onboarding.in_private", url=f"https://t.me/{actions.composed.bot_username}")

    return wrapped


def who_asks(session: Session, event: Event, now: datetime) -> Person:
    """The person behind an event. Raises Refused where there is none any more."""
    who = people.person(session, event.person, now) if event.person is not None else None
    if who is None:
        raise Refused("delivery.stale")
    return who
