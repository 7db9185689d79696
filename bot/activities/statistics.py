"""What a campaign's figures can tell and what they cannot. Pure; no library needed.

A test decides, an interval shows the size, and before both stands the number that is needed. Checked in
`tests/rules/test_activities_statistics.py` against SciPy's and statsmodels' answers and against published examples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import permutations
from math import exp, factorial, inf, isfinite, lgamma, log, log1p, sqrt
from random import Random
from statistics import NormalDist

from bot.kit.statistics import LEVEL, Interval, share

POWER = 0.8
MOST_EVENTS = 5000
ORDERS = 999
"""So many orders are tried where there are too many to try them all."""
_normal = NormalDist()


@dataclass(frozen=True)
class Pairs:
    """The same people before and after: right both times, lost it, gained it, wrong both times."""

    both: int
    lost: int
    gained: int
    neither: int

    @property
    def count(self) -> int:
        """How many people."""
        return self.both + self.lost + self.gained + self.neither


@dataclass(frozen=True)
class Stratum:
    """One week: events and exposure where it had begun, and where it had not."""

    on: int
    on_exposure: float
    off: int
    off_exposure: float


@dataclass(frozen=True)
class Point:
    """A week of a u-chart: the rate, the limits of that week (they depend on its exposure), and whether it is beyond them."""

    rate: float | None
    low: float
    high: float
    beyond: bool


def two_sided(hits: int, of: int, p: float) -> float:
    """The exact binomial test with both tails alike: twice the smaller one, at most 1. It agrees with Clopper and Pearson."""
    if of <= 0:
        return 1.0
    terms = _terms(of, p)
    return min(1.0, 2 * min(sum(terms[: hits + 1]), sum(terms[hits:])))


def rates_differ(after: int, exposure_after: float, before: int, exposure_before: float) -> float:
    """How often two rates that are the same differ at least so much (p): given their sum, those after are binomial."""
    return two_sided(after, after + before, exposure_after / (exposure_after + exposure_before))


@lru_cache(maxsize=512)
def needed_events(ratio: float, exposure_ratio: float = 1.0, level: float = LEVEL, power: float = POWER) -> int:
    """How many events both times together show a ratio of rates, with this chance, by the exact test.

    `exposure_ratio`: exposure after over exposure before. The first number from which on it stays so (a chance that is
    counted in whole events goes up and down a little).
    """
    same = exposure_ratio / (1 + exposure_ratio)
    there = ratio * exposure_ratio / (1 + ratio * exposure_ratio)
    good = 0
    for events in range(2, MOST_EVENTS):
        good = good + 1 if _chance_to_see(events, same, there, 1 - level) >= power else 0
        if good == 10:
            return events - 9
    return MOST_EVENTS


def _chance_to_see(events: int, same: float, there: float, alpha: float) -> float:
    null, real = _terms(events, same), _terms(events, there)
    seen, low, high = 0.0, 0.0, 0.0
    for at in range(events + 1):
        low += null[at]
        if low > alpha / 2:
            break
        seen += real[at]
    for at in range(events, -1, -1):
        high += null[at]
        if high > alpha / 2:
            break
        seen += real[at]
    return seen


def needed_pairs(rise: float, changing: float, level: float = LEVEL, power: float = POWER) -> int:
    """How many people, asked before and after, show a rise of their share (Miettinen 1968, Connor 1987).

    `changing`: the share of people whose answer changes in either direction. Raises ValueError where that cannot be.
    """
    if not 0 < rise <= changing <= 1:
        raise ValueError("a rise cannot be more than what changes")
    a, b = _normal.inv_cdf(0.5 + level / 2), _normal.inv_cdf(power)
    found = (a * sqrt(changing) + b * sqrt(changing - rise * rise)) ** 2 / rise**2
    return int(found) + (found > int(found))


def mcnemar(pairs: Pairs) -> float:
    """The exact test of McNemar: of those who changed, as many gained it as lost it (p)."""
    return two_sided(pairs.gained, pairs.gained + pairs.lost, 0.5)


def paired_change(pairs: Pairs, level: float = LEVEL) -> Interval:
    """The share right after less the share right before, of the same people (Newcombe 1998, method 10). Raises ValueError."""
    n = pairs.count
    before, after = share(pairs.both + pairs.lost, n, level), share(pairs.both + pairs.gained, n, level)
    change, tie = after.estimate - before.estimate, _tie(pairs)
    down, up = after.estimate - after.low, before.high - before.estimate
    low = change - sqrt(max(0.0, down * down - 2 * tie * down * up + up * up))
    up, down = after.high - after.estimate, before.estimate - before.low
    high = change + sqrt(max(0.0, up * up - 2 * tie * up * down + down * down))
    return Interval(change, max(-1.0, low), min(1.0, high))


def _tie(pairs: Pairs) -> float:
    """How far both answers of a person go together, with Newcombe's correction."""
    a, b, c, d, n = pairs.both, pairs.lost, pairs.gained, pairs.neither, pairs.count
    edges = (a + b) * (c + d) * (a + c) * (b + d)
    if edges == 0:
        return 0.0
    cross = a * d - b * c
    if cross > 0:
        return max(cross - n / 2, 0.0) / sqrt(edges)
    return cross / sqrt(edges)


def difference(hits: int, of: int, hits_before: int, of_before: int, level: float = LEVEL) -> Interval:
    """One share less another, of different cases (Newcombe 1998). Raises ValueError without cases."""
    now, then = share(hits, of, level), share(hits_before, of_before, level)
    change = now.estimate - then.estimate
    low = change - sqrt((now.estimate - now.low) ** 2 + (then.high - then.estimate) ** 2)
    high = change + sqrt((now.high - now.estimate) ** 2 + (then.estimate - then.low) ** 2)
    return Interval(change, low, high)


def u_chart(counts: Sequence[int], exposures: Sequence[float], baseline: int) -> tuple[float, tuple[Point, ...]]:
    """The mean of the first `baseline` weeks, and each week with limits of three standard deviations around it."""
    exposed = sum(exposures[:baseline])
    mean = sum(counts[:baseline]) / exposed if exposed > 0 else 0.0
    points = []
    for count, exposure in zip(counts, exposures, strict=True):
        if exposure <= 0:
            points.append(Point(None, 0.0, 0.0, False))
            continue
        far, found = 3 * sqrt(mean / exposure), count / exposure
        low, high = max(0.0, mean - far), mean + far
        points.append(Point(found, low, high, exposed > 0 and not low <= found <= high))
    return mean, tuple(points)


# --- where it began at different times -------------------------------------------------------------------------------


def pooled_ratio(weeks: Sequence[Stratum], level: float = LEVEL) -> Interval:
    """The rate where it had begun over the rate where it had not, week by week (Mantel and Haenszel; Greenland and Robins).

    What changes for all teams alike, such as the season, changes nothing of it. NaN where nothing can be compared.
    """
    over = under = spread = 0.0
    for each in weeks:
        whole = each.on_exposure + each.off_exposure
        if each.on_exposure > 0 and each.off_exposure > 0:
            over += each.on * each.off_exposure / whole
            under += each.off * each.on_exposure / whole
            spread += (each.on + each.off) * each.on_exposure * each.off_exposure / whole**2
    if over == 0 or under == 0:
        estimate = float("nan") if over == under else (inf if under == 0 else 0.0)
        return Interval(estimate, 0.0, inf)
    far = _normal.inv_cdf(0.5 + level / 2) * sqrt(spread / (over * under))
    return Interval(over / under, over / under * exp(-far), over / under * exp(far))


def drawn_order(seed: str, units: Sequence[int]) -> tuple[int, ...]:
    """The order in which teams begin: by SHA-256 of the seed and their number. Whoever has the seed draws the same again."""
    return tuple(sorted(units, key=lambda unit: sha256(f"{seed}:{unit}".encode()).digest()))


def by_the_draw(measure: Callable[[tuple[int, ...]], float], order: tuple[int, ...], seed: str) -> tuple[float, int]:
    """How often another draw would have shown at least as much as the one that was drawn (p), and how many orders were tried.

    If the campaign does nothing, the order that was drawn is one like any other: so the test needs nothing else to be true.
    `measure` gives the size of the effect if that had been the order; what cannot be compared counts as 0.
    """

    def size(one: tuple[int, ...]) -> float:
        value = measure(one)
        return abs(value) if isfinite(value) else (inf if abs(value) == inf else 0.0)

    real = size(order) - 1e-12
    if factorial(len(order)) <= ORDERS:
        every = [size(one) for one in permutations(sorted(order))]
        return sum(each >= real for each in every) / len(every), len(every)
    found, again = 1, Random(seed)
    for _ in range(ORDERS):
        found += size(tuple(again.sample(order, len(order)))) >= real
    return found / (ORDERS + 1), ORDERS + 1


def needed_teams(level: float = LEVEL) -> int:
    """How many teams give so many orders that one alone can be rare enough."""
    teams = 1
    while 1 / factorial(teams) > 1 - level:
        teams += 1
    return teams


@lru_cache(maxsize=4096)
def _terms(of: int, p: float) -> tuple[float, ...]:
    if p <= 0 or p >= 1:
        return tuple(float(k == (of if p >= 1 else 0)) for k in range(of + 1))
    whole = lgamma(of + 1)
    return tuple(
        exp(whole - lgamma(k + 1) - lgamma(of - k + 1) + k * log(p) + (of - k) * log1p(-p)) for k in range(of + 1)
    )
