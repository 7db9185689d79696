"""What of a survey may be shown. Pure.

A figure of fewer than five people is hidden, and so is whatever would give it away: a hidden part can be worked out as the
whole less the others, so that parts are hidden until those hidden are two or more and of five people together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.voice.pulse.model import AGREE, FIVE, SCALE, Figure, Result

DAYS = (3, 7, 14)
MOST_STATEMENTS, MOST_LETTERS = 8, 160
Counts = Sequence[Sequence[int]]
"""By statement, how often each of the five answers was given."""


def empty(statements: int) -> list[list[int]]:
    """Nobody has answered anything."""
    return [[0] * SCALE for _ in range(statements)]


def added(counts: Counts, nth: int, value: int) -> list[list[int]]:
    """One more answer (1 to 5) to the nth statement."""
    found = [list(each) for each in counts]
    found[nth][value - 1] += 1
    return found


def shown(counts: Mapping[int, int]) -> frozenset[int]:
    """The parts of which figures may be shown, by how many answered in each."""
    able = {part: count for part, count in counts.items() if count >= FIVE}
    hidden = [count for count in counts.values() if 0 < count < FIVE]
    while able and hidden and (len(hidden) == 1 or sum(hidden) < FIVE):
        least = min(able, key=lambda part: (able[part], part))
        hidden.append(able.pop(least))
    return frozenset(able)


def figure(answers: Sequence[int]) -> Figure | None:
    """The share that agrees, in steps of five of a hundred; None of fewer than five."""
    count = sum(answers)
    if count < FIVE:
        return None
    return Figure(count, 5 * round(20 * sum(answers[AGREE - 1 :]) / count))


def results(statements: Sequence[Mapping[str, str]], cells: Mapping[int, Counts]) -> list[Result]:
    """What may be shown of each statement; each is judged for itself, because not everybody answers all."""
    found = []
    for nth, words in enumerate(statements):
        answers = {part: counts[nth] for part, counts in cells.items()}
        may = shown({part: sum(each) for part, each in answers.items()})
        whole = figure([sum(column) for column in zip(*answers.values(), strict=True)]) if answers else None
        found.append(
            Result(words, whole, {part: figure(each) if part in may else None for part, each in answers.items()})
        )
    return found


def statements(typed: str) -> list[str]:
    """A survey's own statements, one a line; empty where there are too many or one is too long."""
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    good = 0 < len(lines) <= MOST_STATEMENTS and all(len(line) <= MOST_LETTERS for line in lines)
    return lines if good else []


def half(opens_at: datetime, closes_at: datetime) -> datetime:
    """When whoever has not begun is asked once more."""
    return opens_at + (closes_at - opens_at) / 2
