"""What is counted by month, whether it leads or lags, and what dangers are found where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class What(StrEnum):
    """An indicator. Those that lead count what is done for safety; the last one counts harm, and moves too late."""

    REPORTS = "reports"
    PARTICIPATION = "participation"
    FIXES = "fixes"
    CHECKS = "checks"
    DRILLS = "drills"
    HURT = "hurt"


LAGGING = (What.HURT,)
SHARES = (What.PARTICIPATION, What.FIXES, What.CHECKS)
"""Those that are a share of something; the others are counts."""
CHART = "analysis.chart"
CHARTS = (*(what.value for what in What), "pareto", "heat")
"""The pictures that there are."""
MONTHS = 12
MOST_PLACES, MOST_CATEGORIES, MOST_ROWS = 12, 10, 200


@dataclass(frozen=True)
class Point:
    """A month of an indicator: so many, of so many where it is a share."""

    first: date
    n: int
    of: int | None = None

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where there was nothing to take a share of, and for a count."""
        return self.n / self.of if self.of else None


@dataclass(frozen=True)
class Series:
    """An indicator over some months, the oldest first."""

    what: What
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Bar:
    """A category in a Pareto chart: how many dangers, and the share of all up to here."""

    category: str
    n: int
    up_to: float


@dataclass(frozen=True)
class Heat:
    """How many dangers of each category at each place, the most first. A place is a number, 0: at no named place."""

    places: tuple[tuple[int, str], ...]
    categories: tuple[str, ...]
    cells: dict[tuple[int, str], int]

    @property
    def most(self) -> int:
        """The largest number of one cell."""
        return max(self.cells.values(), default=0)
