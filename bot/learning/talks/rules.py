"""Who should be at a talk, how long it lasted, when its messages change, and what may be shown of answers. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.people.rules import Presence, on_shift

LASTS = timedelta(hours=4)
"""A talk left open closes by itself after so long."""
AROUND = timedelta(minutes=45)
"""Who begins or ends work so soon is expected: talks are held where shifts meet."""
EDIT_GAP = timedelta(seconds=6)
"""Between two edits in a group: Telegram allows 20 messages a minute there, and a whole crew taps at once."""
WINDING_UP = timedelta(minutes=10)
"""Closed later than so long after the last tap, a talk counts to that tap: it was forgotten, not long."""
MOST_MINUTES = 60
QUESTIONS = 3
TO_SHOW = 5
"""A share of right answers is shown from so many answers on, so that nobody can be picked out."""
FEW = 0.25


def is_expected(presence: Presence, now: datetime, zone: str) -> bool:
    """Whether somebody's shift is now, ended a moment ago or begins in a moment; whoever is away is not."""
    return any(on_shift(presence, at, zone) for at in (now, now + AROUND, now - AROUND))


def minutes(started_at: datetime, last_at: datetime, closed_at: datetime) -> int:
    """How long a talk was, in whole minutes from 1 to 60, for the training time of those who were there."""
    ended = closed_at if closed_at - last_at <= WINDING_UP else last_at
    return min(MOST_MINUTES, max(1, round((ended - started_at) / timedelta(minutes=1))))


def next_edit(edit_at: datetime | None, now: datetime) -> datetime:
    """When what has changed is to be shown: with the edit that waits already, or a gap after the last one."""
    if edit_at is None:
        return now
    return edit_at if edit_at > now else max(now, edit_at + EDIT_GAP)


def first_names(names: Sequence[str]) -> list[str]:
    """What a leader calls them by; two of one name get their family name's first letter."""
    first = [name.split()[0] if name.split() else name for name in names]
    twice = {name for name, many in Counter(first).items() if many > 1}
    return [
        f"{short} {name.split()[-1][0]}." if short in twice and len(name.split()) > 1 else short
        for short, name in zip(first, names, strict=True)
    ]


def shared(answered: int, right: int) -> str:
    """What a group may see of its answers: `little`, `hard` (few right, without a figure: each would be known) or `share`."""
    if answered < TO_SHOW:
        return "little"
    return "hard" if right / answered < FEW else "share"


def at_the_end(places: Iterable[int], asked: int) -> bool:
    """Whether all questions have been asked."""
    return all(place <= asked for place in places)
