"""Small samples said honestly: a share, a rate and the ratio of two rates, each with an interval. Pure; no library needed.

Checked in `tests/rules/test_statistics.py` against worked examples that others have published.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, lgamma, log, log1p, sqrt
from statistics import NormalDist

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """An estimate and where the true value lies with the level's confidence. `high` may be infinite."""

    estimate: float
    low: float
    high: float


def share(hits: int, of: int, level: float = LEVEL) -> Interval:
    """A share of cases: Wilson's score interval, which stays between 0 and 1. Raises ValueError without cases."""
    _whole(hits, of)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    rate, spread = hits / of, z * z / of
    middle = (rate + spread / 2) / (1 + spread)
    half = z * sqrt(rate * (1 - rate) / of + spread / (4 * of)) / (1 + spread)
    low, high = (0.0 if hits == 0 else middle - half), (1.0 if hits == of else middle + half)
    return Interval(rate, max(0.0, low), min(1.0, high))


def exact_share(hits: int, of: int, level: float = LEVEL) -> Interval:
    """The same, by Clopper and Pearson: never too narrow. Raises ValueError without cases."""
    _whole(hits, of)
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else _find(lambda p: _at_least(hits, of, p) - tail, 0.0, 1.0)
    high = 1.0 if hits == of else _find(lambda p: tail - (1 - _at_least(hits + 1, of, p)), 0.0, 1.0)
    return Interval(hits / of, low, high)


def rate(events: int, exposure: float, level: float = LEVEL) -> Interval:
    """Events per unit of exposure (days, hours): the exact Poisson interval. Raises ValueError without exposure."""
    if events < 0 or exposure <= 0:
        raise ValueError("a rate needs events of 0 or more and some exposure")
    tail, most = (1 - level) / 2, events * 3 + 40.0
    low = 0.0 if events == 0 else _find(lambda mean: 1 - _poisson(events - 1, mean) - tail, 0.0, most)
    high = _find(lambda mean: tail - _poisson(events, mean), 0.0, most)
    return Interval(events / exposure, low / exposure, high / exposure)


def rate_ratio(
    after: int, exposure_after: float, before: int, exposure_before: float, level: float = LEVEL
) -> Interval:
    """The rate after over the rate before. Given the sum of events, those after are binomial: exact.

    Without events before, the ratio is infinite (not a number without any events: then `estimate` is NaN and the interval
    says nothing, from 0 to infinity). Raises ValueError without exposure.
    """
    if exposure_after <= 0 or exposure_before <= 0:
        raise ValueError("two rates need exposure each")
    total = after + before
    if total == 0:
        return Interval(float("nan"), 0.0, inf)
    per = exposure_before / exposure_after
    found = exact_share(after, total, level)
    estimate = inf if before == 0 else after / before * per
    high = inf if found.high >= 1 else found.high / (1 - found.high) * per
    return Interval(estimate, found.low / (1 - found.low) * per, high)


def _whole(hits: int, of: int) -> None:
    if of <= 0 or not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no share")


def _at_least(hits: int, of: int, p: float) -> float:
    """The chance of so many hits or more."""
    if hits <= 0 or p >= 1:
        return 1.0
    if p <= 0:
        return 0.0
    terms = (_log_choose(of, k) + k * log(p) + (of - k) * log1p(-p) for k in range(hits, of + 1))
    return min(1.0, sum(exp(term) for term in terms))


def _poisson(events: int, mean: float) -> float:
    """The chance of so many events or fewer."""
    if mean <= 0:
        return 1.0
    return min(1.0, sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(events + 1)))


def _log_choose(of: int, k: int) -> float:
    return lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1)


def _find(rises: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function passes zero, by halving."""
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if rises(middle) < 0 else (low, middle)
    return (low + high) / 2
