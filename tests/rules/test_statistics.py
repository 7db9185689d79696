"""The arithmetic of small samples, against examples that others have published."""

from __future__ import annotations

from math import inf, isnan

import pytest

from bot.kit.statistics import exact_share, rate, rate_ratio, share

NEWCOMBE = [(81, 263), (15, 148), (0, 20), (1, 29)]
"""Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I."""
WILSON = [(0.2553, 0.3662), (0.0624, 0.1605), (0.0000, 0.1611), (0.0061, 0.1718)]
CLOPPER_PEARSON = [(0.2527, 0.3676), (0.0578, 0.1617), (0.0000, 0.1684), (0.0009, 0.1776)]


@pytest.mark.parametrize(("case", "expected"), list(zip(NEWCOMBE, WILSON, strict=True)))
def test_a_share_has_wilsons_interval(case: tuple[int, int], expected: tuple[float, float]) -> None:
    """Newcombe's method 3."""
    found = share(*case)
    assert (found.low, found.high) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(("case", "expected"), list(zip(NEWCOMBE, CLOPPER_PEARSON, strict=True)))
def test_an_exact_share_has_the_interval_of_clopper_and_pearson(
    case: tuple[int, int], expected: tuple[float, float]
) -> None:
    """Newcombe's method 5."""
    found = exact_share(*case)
    assert (found.low, found.high) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39), (100, 81.36, 121.63)]
)
def test_a_rate_has_the_exact_poisson_interval(events: int, low: float, high: float) -> None:
    """Garwood's limits, as they are printed in tables (Ulm, American Journal of Epidemiology 131, 1990)."""
    found = rate(events, 1)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-3)


def test_a_ratio_of_rates_is_that_of_the_textbook() -> None:
    """Breast cancer after fluoroscopy (Boice and Monson 1977; Rothman's textbook, and the manual of Stata's `iri`)."""
    found = rate_ratio(41, 28010, 15, 19017)
    assert found.estimate == pytest.approx(1.855759, abs=1e-6)
    assert (found.low, found.high) == pytest.approx((1.005684, 3.6093), abs=1e-3)


def test_nothing_after_leaves_an_upper_limit_and_nothing_at_all_says_nothing() -> None:
    """0 in 90 days after 4 in 90 days: it may still be two thirds as often. No events: no estimate."""
    found = rate_ratio(0, 90, 4, 90)
    assert (found.estimate, found.low) == (0, 0)
    assert found.high == pytest.approx(1.5155, abs=1e-3)
    nothing = rate_ratio(0, 90, 0, 90)
    assert isnan(nothing.estimate)
    assert (nothing.low, nothing.high) == (0, inf)
    assert rate_ratio(2, 90, 0, 90).estimate == inf


@pytest.mark.parametrize("wrong", [(1, 0), (-1, 5), (6, 5)])
def test_no_share_of_nothing(wrong: tuple[int, int]) -> None:
    """It is refused."""
    with pytest.raises(ValueError, match="no share"):
        share(*wrong)
