"""The statistics of campaigns: against SciPy's and published answers, and their false alarms in a world without any effect.

SciPy 1.17.1 and statsmodels 0.15.0 gave the numbers that are named after them; they are not needed to run these tests.
"""

from __future__ import annotations

from math import isinf, isnan, log
from random import Random

import pytest

from bot.activities import rules, statistics
from bot.activities.model import Verdict, Wave
from bot.activities.statistics import Pairs, Stratum


@pytest.mark.parametrize(
    ("hits", "of", "p", "found"),
    [(3, 12, 0.5, 0.14599609375), (22, 30, 0.5, 0.016124801710), (5, 40, 0.25, 0.086547965144), (0, 7, 0.6, 0.0032768)],
)
def test_the_exact_test_agrees_with_scipy(hits: int, of: int, p: float, found: float) -> None:
    """Twice the smaller tail of scipy.stats.binom."""
    assert statistics.two_sided(hits, of, p) == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize(
    ("ratio", "exposures", "events"),
    [(0.5, 1, 77), (0.6, 1, 134), (0.7, 1, 270), (0.5, 2, 77), (0.5, 0.5, 98), (2.0, 1, 77)],
)
def test_the_number_that_is_needed_agrees_with_scipy(ratio: float, exposures: float, events: int) -> None:
    """The first number of events from which on ten in a row have a chance of 80 % by scipy's binomial."""
    assert statistics.needed_events(ratio, exposures) == events


def test_the_number_of_people_agrees_with_connors_formula() -> None:
    """Worked by hand: (1.95996 * sqrt(0.35) + 0.84162 * sqrt(0.35 - 0.0625))^2 / 0.0625 = 41.5; what cannot be is refused."""
    assert statistics.needed_pairs(0.25, 0.35) == 42
    assert statistics.needed_pairs(0.2, 0.4) == 77
    with pytest.raises(ValueError):
        statistics.needed_pairs(0.4, 0.3)


@pytest.mark.parametrize(
    ("gained", "lost", "found"), [(12, 2, 0.012939453125), (5, 0, 0.0625), (30, 5, 2.2361520678e-05)]
)
def test_mcnemars_exact_test_agrees_with_scipy(gained: int, lost: int, found: float) -> None:
    """scipy.stats.binomtest of those who changed; who did not change counts for nothing."""
    assert statistics.mcnemar(Pairs(40, lost, gained, 9)) == pytest.approx(found, rel=1e-9)


def test_the_paired_interval_is_newcombes_published_one() -> None:
    """Newcombe 1998 (Statistics in Medicine 17, 2635), method 10: 36, 12, 2, 0 gives 0.2 with 0.0569 to 0.3404."""
    found = statistics.paired_change(Pairs(36, 2, 12, 0))
    assert (round(found.estimate, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0569, 0.3404)


def test_the_interval_of_two_shares_is_newcombes_published_one() -> None:
    """Newcombe 1998 (Statistics in Medicine 17, 873), method 10: 56/70 less 48/80; statsmodels says the same."""
    found = statistics.difference(56, 70, 48, 80)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


DOCTORS = (
    Stratum(32, 52407, 2, 18790), Stratum(104, 43248, 12, 10673), Stratum(206, 28612, 28, 5710),
    Stratum(186, 12663, 28, 2585), Stratum(102, 5317, 31, 1462),
)  # fmt: skip
"""Coronary deaths of British doctors by age: smokers and others, with their person-years (Doll and Hill 1966)."""


def test_the_pooled_ratio_is_the_published_one_of_the_british_doctors() -> None:
    """Stata's manual ([R] Epitab) gives the Mantel-Haenszel ratio 1.4247 with 1.1547 to 1.7578."""
    found = statistics.pooled_ratio(DOCTORS)
    assert (round(found.estimate, 4), round(found.low, 4), round(found.high, 4)) == (1.4247, 1.1547, 1.7578)


def test_what_cannot_be_compared_is_no_number() -> None:
    """Weeks in which all or none had begun say nothing; events on one side only give no finite ratio."""
    assert isnan(statistics.pooled_ratio([Stratum(5, 100, 0, 0), Stratum(0, 0, 7, 100)]).estimate)
    assert isinf(statistics.pooled_ratio([Stratum(5, 100, 0, 100)]).estimate)
    assert statistics.pooled_ratio([Stratum(0, 100, 5, 100)]).estimate == 0


def test_a_u_chart_has_limits_that_follow_the_exposure() -> None:
    """Mean 0.1 of the first four weeks; for 100 days the limits are 0.1 -/+ 3 * sqrt(0.1 / 100), cut off at 0."""
    mean, points = statistics.u_chart([10, 12, 8, 10, 30, 1, 0], [100, 100, 100, 100, 100, 25, 0], 4)
    assert mean == pytest.approx(0.1)
    assert (points[0].low, points[0].high) == (pytest.approx(0.0051317, rel=1e-4), pytest.approx(0.1948683, rel=1e-6))
    assert [each.beyond for each in points] == [False, False, False, False, True, False, False]
    assert points[5].low == 0
    assert points[6].rate is None


def test_whoever_has_the_seed_draws_the_same_order_again() -> None:
    """Whatever the order in which the teams are given; another seed gives another."""
    teams = list(range(1, 9))
    order = statistics.drawn_order("a", teams)
    assert statistics.drawn_order("a", teams[::-1]) == order
    assert sorted(order) == teams
    assert statistics.drawn_order("b", teams) != order
    first = [statistics.drawn_order(f"{n}", teams)[0] for n in range(4000)]
    assert all(430 < first.count(team) < 570 for team in teams), "each team is as likely to be the first"


# --- a world without any effect ----------------------------------------------------------------------------------------


def poisson(chance: Random, mean: float) -> int:
    """A number of events, by counting the waits between them."""
    count, at = 0, chance.expovariate(1)
    while at < mean:
        count, at = count + 1, at + chance.expovariate(1)
    return count


@pytest.mark.parametrize(("mean", "exposures"), [(60, 1.0), (45, 1.0), (120, 0.7)])
def test_without_an_effect_at_most_one_verdict_in_twenty_is_wrong(mean: float, exposures: float) -> None:
    """4000 campaigns that do nothing. Refusing small numbers does not choose the lucky ones: it looks at the sum alone."""
    chance, wrong, said, worlds = Random(20261118), 0, 0, 4000
    for _ in range(worlds):
        before, after = poisson(chance, mean), poisson(chance, mean * exposures)
        if before + after < statistics.needed_events(rules.HALVED, exposures):
            continue
        said += 1
        wrong += statistics.rates_differ(after, exposures, before, 1.0) <= rules.ALPHA
    assert said > worlds / 4, "there is something to judge"
    assert wrong / said < 0.05 + 2 * (0.05 * 0.95 / said) ** 0.5
    assert wrong > 0, "the test is not simply silent"


def test_an_effect_that_is_there_is_seen_as_often_as_promised() -> None:
    """The rate halved, as many events as are needed: four in five such campaigns get their verdict."""
    chance, needed, seen, worlds = Random(7), statistics.needed_events(0.5), 0, 3000
    for _ in range(worlds):
        after = sum(chance.random() < 1 / 3 for _ in range(needed))
        found = statistics.rates_differ(after, 1.0, needed - after, 1.0)
        seen += found <= rules.ALPHA and after < needed / 2
    assert 0.79 < seen / worlds < 0.86


def test_without_learning_at_most_one_verdict_in_twenty_says_so() -> None:
    """3000 groups of 60 people who guess alike before and after."""
    chance, wrong, worlds = Random(3), 0, 3000
    for _ in range(worlds):
        cells = {(a, b): 0 for a in (True, False) for b in (True, False)}
        for _ in range(60):
            knows = chance.random() < 0.3
            cells[knows or chance.random() < 0.4, knows or chance.random() < 0.4] += 1
        pairs = Pairs(cells[True, True], cells[True, False], cells[False, True], cells[False, False])
        wrong += rules.learned(Wave.AFTER, pairs, None, ready=True).verdict in (Verdict.MORE, Verdict.FEWER)
    assert 0 < wrong / worlds < 0.05 + 2 * (0.05 * 0.95 / worlds) ** 0.5


@pytest.mark.parametrize(("teams", "worlds"), [(4, 600), (5, 200)])
def test_a_staggered_start_raises_no_more_false_alarms_although_teams_and_seasons_differ(
    teams: int, worlds: int
) -> None:
    """Teams with three times the rate of others, a season that doubles all: before and after would be fooled, the draw is not."""
    chance, wrong = Random(11), 0
    for world in range(worlds):
        order = statistics.drawn_order(f"{world}", range(1, teams + 1))
        weeks = rules.STEP_WEEKS * (teams - 1)
        cells = {
            (team, week): (poisson(chance, 4 * (1 + team % 3) * (1 + week / weeks)), 50.0)
            for team in order
            for week in range(weeks)
        }
        found = rules.by_the_draw(order, rules.STEP_WEEKS, f"{world}", cells, weeks, ready=True, kept=True)
        wrong += found.verdict in (Verdict.MORE, Verdict.FEWER)
    assert wrong / worlds < 0.05 + 2 * (0.05 * 0.95 / worlds) ** 0.5


def test_a_staggered_start_sees_an_effect_that_is_there() -> None:
    """Five teams, the rate falls to a third where it has begun: the order that was drawn is the rarest of all."""
    chance = Random(5)
    order, weeks = statistics.drawn_order("seen", range(1, 6)), rules.STEP_WEEKS * 4
    cells = {
        (team, week): (poisson(chance, 4 if week >= rules.STEP_WEEKS * order.index(team) else 12), 50.0)
        for team in order
        for week in range(weeks)
    }
    found = rules.by_the_draw(order, rules.STEP_WEEKS, "seen", cells, weeks, ready=True, kept=True)
    assert found.verdict is Verdict.FEWER
    assert found.orders == 120
    assert log(found.ratio.estimate) == pytest.approx(log(1 / 3), abs=0.4)
    tampered = rules.by_the_draw(order, rules.STEP_WEEKS, "seen", cells, weeks, ready=True, kept=False)
    assert tampered.verdict is Verdict.FEW
