"""Windows, ladders and timers. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.emergencies.sos.model import Alone
from bot.kit.ladder import Rung

WINDOW = timedelta(seconds=10)
"""So long an SOS can be taken back. It is committed at the press: it leaves although the phone dies in these seconds."""
SAME = timedelta(minutes=15)
"""So long a second press means the call that stands; later it is a new one."""
MORE = timedelta(hours=2)
"""So long what somebody writes goes to those who are called."""
LADDER = (
    Rung("near", timedelta(minutes=1)),
    Rung("above", timedelta(minutes=2)),
    Rung("handed", timedelta(minutes=1)),
)
"""Those who lead there and its safety officers; managers and admins; then the ladder of dangers, which leaves the chat."""
EVERY = (15, 30, 60)
"""Minutes between two answers of somebody who works alone."""
LENGTHS = (2, 4, 8)
"""For how many hours somebody works alone."""
WARN = timedelta(minutes=3)
"""So long before it falls due it asks, ringing."""
GRACE = timedelta(minutes=2)
MOST_WORDS = 300


def warns(alone: Alone, now: datetime) -> bool:
    """Whether it is time to ask."""
    return not alone.warned and now >= alone.due_at - WARN


def alarms(alone: Alone, now: datetime) -> bool:
    """Whether the answer is so late that others are called. Never before it was asked: after a standstill it asks first."""
    return alone.warned and now >= alone.due_at + GRACE


def next_due(alone: Alone, now: datetime) -> datetime:
    """When the next answer falls due: at its rhythm, and at the end that was said."""
    due = now + timedelta(minutes=alone.minutes)
    return min(due, alone.ends_at) if alone.ends_at > now else due
