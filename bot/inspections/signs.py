"""Signs that a list was ticked off and not looked at. Pure.

Each is a question to whoever leads, with what it rests on; none is a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

FLOOR_S = 3.0
"""Nobody looks at a thing and answers in less."""
SHARE = 0.25
"""Under a quarter of the usual time of the same item."""
FEWEST = 5
"""A median of fewer times is none."""
IN_A_ROW = 5
SMALL = 10
"""With fewer to compare with, it is said that they are few."""


@dataclass(frozen=True)
class Timed:
    """An item, how long it took this time, and how long it took in earlier inspections."""

    item: str
    seconds: float
    before: tuple[float, ...] = ()


@dataclass(frozen=True)
class Fast:
    """An item answered faster than one can look: its usual seconds (None where too few are known), and of how many."""

    item: str
    seconds: float
    usual: float | None
    n: int


@dataclass(frozen=True)
class Pictured:
    """A photo: of which inspection and item, by which hash, what it looks like."""

    inspection: int
    item: str
    media: str
    look: str | None = None


@dataclass(frozen=True)
class Same:
    """Two photos that are one, or look like one."""

    here: Pictured
    there: Pictured
    exact: bool


@dataclass(frozen=True)
class Alike:
    """The same answers so many times in a row, while others, in so many inspections, found so many fails."""

    times: int
    others: int
    failed: int


def too_fast(times: Sequence[Timed]) -> list[Fast]:
    """The items answered in under three seconds, or under a quarter of their usual time."""
    found = []
    for each in times:
        usual = median(each.before) if len(each.before) >= FEWEST else None
        limit = max(FLOOR_S, SHARE * usual) if usual is not None else FLOOR_S
        if each.seconds < limit:
            found.append(Fast(each.item, each.seconds, usual, len(each.before)))
    return found


def bits_apart(one: str, other: str) -> int:
    """In how many of 64 bits two looks differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


NEAR = 3
"""So few bits differ only where one picture is the other, sent again. Two photos of one thing on two days differ in more."""


def same_photo(mine: Sequence[Pictured], earlier: Sequence[Pictured]) -> list[Same]:
    """The photos that came before: byte for byte, or so alike that they are most likely one. Each is told once."""
    found: list[Same] = []
    known = list(earlier)
    for each in mine:
        twin = next((old for old in known if old.media == each.media), None)
        exact = twin is not None
        if twin is None and each.look is not None:
            twin = next((o for o in known if o.look is not None and bits_apart(o.look, each.look) <= NEAR), None)
        if twin is not None:
            found.append(Same(each, twin, exact))
        known.append(each)
    return found


def same_answers(mine: Sequence[Mapping[str, str]], others: Sequence[int]) -> Alike | None:
    """`mine`: the same person's answers by item, the newest first; `others`: how many fails each inspection of others found.

    None where answers differ within the last five, where there were fewer, or where nobody else finds anything either.
    """
    times = 0
    for answers in mine:
        if dict(answers) != dict(mine[0]):
            break
        times += 1
    failed = sum(others)
    if times < IN_A_ROW or not failed:
        return None
    return Alike(times, len(others), failed)


def is_small(n: int) -> bool:
    """Whether so few were compared that it has to be said."""
    return n < SMALL
