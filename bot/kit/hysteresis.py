"""Levels with hysteresis: a value that trembles around a limit is told once, not each time. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """Reached at `at` or more; left only under `clear`, which lies below it."""

    at: float
    clear: float


def level_of(levels: Sequence[Level], before: int, value: float) -> int:
    """Which level holds now: 0 for none, else the number (from 1) of the highest that is reached or not yet left.

    `levels` rise; `before` is what held. A rise goes as high as the value says at once, a fall as low.
    """
    reached = sum(1 for level in levels if value >= level.at)
    kept = min(before, len(levels))
    while kept > reached and value < levels[kept - 1].clear:
        kept -= 1
    return max(reached, kept)


def wrong_with(levels: Sequence[Level]) -> str | None:
    """Why levels cannot be used: `clear` (must lie below `at`), `order` (both must rise); None where they can."""
    if any(level.clear >= level.at for level in levels):
        return "clear"
    for low, high in itertools.pairwise(levels):
        if high.at <= low.at or high.clear < low.clear:
            return "order"
    return None
