"""Risk arithmetic that rooms share. The colours and bands belong to the company; these are the starting values.

A score is the product of its factors (LEC: likelihood x exposure x consequence; a matrix: likelihood x severity), kept exact,
so that a score which stands on an edge stands on it. Which band owns an edge is said by the band and by nothing else.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from fractions import Fraction
from math import prod


class Severity(IntEnum):
    """How bad a danger is, as a supervisor rates it."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


def cannot_wait(severity: Severity | None) -> bool:
    """Whether people are rung at once. Not yet rated means that it may be bad, so it cannot wait."""
    return severity is None or severity >= Severity.MEDIUM


class Colour(StrEnum):
    """The four grades of a risk, the worst first: major, larger, general, low."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"

    @property
    def grade(self) -> int:
        """1 for red to 4 for blue: to sort by, and the figure that stands beside the colour."""
        return tuple(Colour).index(self) + 1


SERIOUS = frozenset({Colour.RED, Colour.ORANGE})
"""Larger and major risks: what keeps them small is looked at every day."""


@dataclass(frozen=True)
class Band:
    """The scores that have a colour: those above `edge`, and with `inclusive` the edge itself. The lowest has no edge."""

    colour: Colour
    edge: Fraction | None = None
    inclusive: bool = False

    def holds(self, score: Fraction) -> bool:
        """Whether a score is at least so high."""
        return self.edge is None or score > self.edge or (self.inclusive and score == self.edge)


Bands = tuple[Band, ...]
"""The highest first; the last one has no edge, so that every score has a colour."""


def exact(value: float | str) -> Fraction:
    """A factor as it is written: 0.1 is a tenth, not the nearest number that a computer holds."""
    return Fraction(str(value))


def score(factors: Sequence[float]) -> Fraction:
    """The product of a rating's factors."""
    return prod((exact(each) for each in factors), start=Fraction(1))


def band_of(bands: Bands, found: Fraction) -> Colour:
    """The colour of a score. Raises ValueError where no band holds it: the last one is to have no edge."""
    for band in bands:
        if band.holds(found):
            return band.colour
    raise ValueError(f"no band holds {found}")


def worse(one: Colour, other: Colour) -> Colour:
    """The worse of two colours."""
    return one if one.grade <= other.grade else other


def wrong_with(bands: Bands) -> str | None:
    """Why bands cannot be used, in a word; None where they can.

    `empty`, `no_rest` (the last has an edge, or another has none), `order` (edges must fall), `colours` (a lower band is worse).
    """
    if not bands:
        return "empty"
    if bands[-1].edge is not None or any(band.edge is None for band in bands[:-1]):
        return "no_rest"
    edges = [(band.edge, not band.inclusive) for band in bands[:-1] if band.edge is not None]
    if any(low >= high for high, low in itertools.pairwise(edges)):
        return "order"
    grades = [band.colour.grade for band in bands]
    return "colours" if grades != sorted(grades) else None
