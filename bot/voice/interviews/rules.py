"""When interviews are brought up. Pure."""

from __future__ import annotations

from datetime import timedelta

from bot.voice.interviews.model import Round, State
from bot.voice.rules import WEEK

DAYS = (3, 7, 14)
FOLLOW_UP = timedelta(days=30)
"""So long after the interviews their lead is asked what has changed."""
MOST_TOPIC, MOST_PEOPLE = 120, 20


def next_step(found: Round) -> str:
    """`hold` while they are planned and their day has come, `follow` until it was said what changed; empty once closed."""
    return {State.PLANNED: "hold", State.HELD: "follow", State.CLOSED: ""}[found.state]


def wait(step: str) -> timedelta:
    """Until it is brought up next: every third day while people wait for their talk, then every week."""
    return timedelta(days=3) if step == "hold" else WEEK
