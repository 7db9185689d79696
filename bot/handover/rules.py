"""Until when, and who is next. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from bot.handover.model import Next, Until
from bot.kit.clock import instant, local_date
from bot.people.model import Shift
from bot.people.rules import shift_window

REMIND_AFTER = timedelta(minutes=30)
DAYS = {Until.TODAY: 1, Until.THREE_DAYS: 3, Until.WEEK: 7}
PATIENCE = timedelta(hours=2)
"""How long a text counts as the note that was asked for."""
MOST_LETTERS = 2000


def until(word: Until, now: datetime, zone: str) -> datetime | None:
    """The end of the last day of an absence, where the person lives; None for an open one."""
    if word is Until.OPEN:
        return None
    return instant(local_date(now, zone) + timedelta(days=DAYS[word]), time(0), zone)


def next_start(today: Shift | None, tomorrow: Shift | None, now: datetime, zone: str) -> datetime | None:
    """When somebody's next shift begins; None where they have none today or tomorrow. One that has begun is past."""
    for shift, back in ((today, 0), (tomorrow, -1)):
        if shift is not None:
            starts, _ = shift_window(shift, now, zone, back)
            if starts > now:
                return starts
    return None


def who_is_next(candidates: Iterable[Next], now: datetime) -> list[Next]:
    """In the order in which they would take over: nearest unit, then whose shift begins soonest (or has just begun).

    The giver is not among them. Who works neither today nor tomorrow comes last.
    """

    def order(each: Next) -> tuple[int, bool, datetime, int]:
        soon = now if each.on_shift else each.starts_at
        return (each.distance, soon is None, soon or now, each.person)

    return sorted(candidates, key=order)
