"""Who is on the roster, how often boards change, how fast people were accounted for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.emergencies.muster.model import OTHER, WARDEN
from bot.people.model import Person
from bot.people.rules import Presence, on_shift

AGAIN_AFTER = timedelta(minutes=1)
"""So long after a call nobody is called again."""
NAMES_KEPT = timedelta(days=7)
MOST_GUESTS, MOST_NAME = 50, 60
BOARDS_A_SECOND = 10
"""At most a third of what Telegram allows goes into boards: calls and answers come first."""


def expected(who: Person, presence: Presence, now: datetime, everybody: bool) -> bool:
    """Whether somebody is on the roster: not on leave, and at work now, or of whom no working time is known."""
    if presence.away:
        return False
    return everybody or who.shift is None or on_shift(presence, now, who.zone)


def rank(leads: bool) -> int:
    """In which order somebody is called: whoever looks after others first."""
    return WARDEN if leads else OTHER


def board_every(watchers: int) -> timedelta:
    """How often the boards may change: each chat once a second, all of them as often as the limit leaves room."""
    return timedelta(seconds=max(1.0, watchers / BOARDS_A_SECOND))


def guests_of(said: str) -> list[str | None] | None:
    """A number, or names line by line; None where it is neither or too many."""
    words = said.strip()
    if words.isascii() and words.isdigit():
        count = int(words) if len(words) < 4 else 0
        return [None] * count if 0 < count <= MOST_GUESTS else None
    names: list[str | None] = [" ".join(line.split())[:MOST_NAME] for line in words.splitlines() if line.strip()]
    return names if 0 < len(names) <= MOST_GUESTS else None


@dataclass(frozen=True)
class Times:
    """Seconds from the start until half, nine tenths and the last of those accounted for were."""

    half: int | None
    most: int | None
    last: int | None


def times(seconds: Sequence[int], roster: int) -> Times:
    """`seconds` are those of everybody accounted for, in any order; shares are of the whole roster."""
    ordered = sorted(seconds)

    def share(tenths: int) -> int | None:
        at = -(-roster * tenths // 10) - 1
        return ordered[at] if 0 <= at < len(ordered) else None

    return Times(share(5), share(9), ordered[-1] if ordered else None)
