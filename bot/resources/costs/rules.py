"""What minutes cost. Pure, in whole minor units, rounded half up once a unit and post."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Rate(NamedTuple):
    """An hour of a post in a unit and below, in minor units."""

    path: str
    post: str
    currency: str
    hourly: int


def rate_of(path: str, post: str | None, rates: Iterable[Rate]) -> Rate | None:
    """The rate of a post in a unit: by the nearest unit above that has one."""
    mine = [each for each in rates if each.post == post and path.startswith(each.path)]
    return max(mine, key=lambda each: len(each.path), default=None)


def cost(minutes: int, hourly: int) -> int:
    """So many minutes at a rate an hour."""
    return (2 * minutes * hourly + 60) // 120


def per_person(total: int, people: int) -> int:
    """The average, rounded half up; nothing of nobody."""
    return (2 * total + people) // (2 * people) if people else 0
