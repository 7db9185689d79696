"""Money, limits, shares, rates and due days as tables of cases."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kit import money
from bot.people.model import Role
from bot.resources.budget import rules as budget
from bot.resources.budget.model import Figures, Limit
from bot.resources.costs import rules as costs
from bot.resources.costs.rules import Rate
from bot.resources.health import rules as health
from bot.resources.health.model import Checkup
from bot.resources.staffing import rules as staffing
from bot.resources.staffing.model import Kind, Requirement

LIMITS = [
    Limit("/1/", Role.SUPERVISOR, "USD", 500),
    Limit("/1/2/", Role.SUPERVISOR, "USD", 100),
    Limit("/1/", Role.MANAGER, "USD", 9000),
]


@pytest.mark.parametrize(
    ("words", "currency", "minor"),
    [
        ("1250", "USD", 125000), ("1,250.50", "USD", 125050), ("1.250,50", "EUR", 125050), ("1 250", "EUR", 125000),
        ("1.250", "USD", 125000), ("12.5", "USD", 1250), ("12.50 USD", "USD", 1250), ("١٢٥٠", "USD", 125000),
        ("1250", "JPY", 1250), ("5.000", "JPY", 5000), ("1.5", "KWD", 1500), ("1 250", "KWD", 1250000),
        ("0", "USD", 0), ("0.500", "KWD", 500),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(words: str, currency: str, minor: int) -> None:
    """With either separator, in any digits, in currencies of none, two and three decimals."""
    assert money.parse(words, currency) == minor


@pytest.mark.parametrize(
    ("words", "currency"),
    [("", "USD"), ("-5", "USD"), ("12.345.6", "USD"), ("1.250", "KWD"), ("12.5055", "USD"), ("1e3", "USD"), ("1,2,3", "USD"),
     ("9" * 16, "USD"), ("5.5", "JPY"), ("1.234,567.8", "USD")],
)  # fmt: skip
def test_what_may_be_two_amounts_is_none(words: str, currency: str) -> None:
    """Rather ask than guess: 1.250 dinars are one or a thousand."""
    with pytest.raises(money.NoMoney):
        money.parse(words, currency)


@given(st.integers(0, 10**14), st.sampled_from(("USD", "JPY", "CNY")))
def test_what_is_written_is_read_again_exactly(minor: int, currency: str) -> None:
    """No amount changes on its way out and in."""
    assert money.parse(money.plain(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("role", "path", "amount", "currency", "may"),
    [
        (Role.SUPERVISOR, "/1/9/", 500, "USD", True), (Role.SUPERVISOR, "/1/9/", 501, "USD", False),
        (Role.SUPERVISOR, "/1/2/3/", 101, "USD", False), (Role.SUPERVISOR, "/1/9/", 5, "EUR", False),
        (Role.SAFETY_OFFICER, "/1/9/", 1, "USD", False), (Role.MANAGER, "/1/", 9001, "USD", False),
        (Role.MANAGER, "/7/", 10**9, "USD", True), (Role.ADMIN, "/1/", 10**9, "USD", True),
    ],
)  # fmt: skip
def test_a_rank_may_approve_up_to_its_limit(role: Role, path: str, amount: int, currency: str, may: bool) -> None:
    """The nearest unit says it; without one managers may and lower ranks may not; another currency is no limit of this."""
    assert budget.may_approve(role, path, LIMITS, amount, currency) is may


@pytest.mark.parametrize(
    ("figures", "reached"),
    [
        (Figures(1000, 0, 0, 799), []), (Figures(1000, 0, 0, 800), [80]), (Figures(1000, 300, 300, 200), [80]),
        (Figures(1000, 1000), [80, 100]), (Figures(0), []), (Figures(0, 1), [80, 100]), (Figures(3, 0, 0, 2), []),
    ],
)  # fmt: skip
def test_a_share_is_reached_on_its_edge(figures: Figures, reached: list[int]) -> None:
    """In whole numbers: 800 of 1,000 are 80 percent and 799 are not."""
    assert budget.shares_reached(figures, (80, 100)) == reached


def test_shares_are_percentages_from_one_on() -> None:
    """None set are the usual ones."""
    assert budget.shares_of("50; 80 % 100") == (50, 80, 100)
    assert budget.shares_of("") == budget.ALERT_AT
    assert budget.shares_of("0") is None
    assert budget.shares_of("a") is None


def test_minutes_cost_the_rate_of_the_nearest_unit_rounded_half_up() -> None:
    """Ninety minutes at 30.00 are 45.00; one minute at 0.30 is one cent of a half."""
    rates = [Rate("/1/", "worker", "USD", 3000), Rate("/1/2/", "worker", "USD", 6000)]
    assert costs.rate_of("/1/2/3/", "worker", rates) == rates[1]
    assert costs.rate_of("/1/9/", "worker", rates) == rates[0]
    assert costs.rate_of("/1/9/", "leader", rates) is None
    assert (costs.cost(90, 3000), costs.cost(1, 30), costs.cost(1, 29)) == (4500, 1, 0)
    assert (costs.per_person(10, 4), costs.per_person(1, 0)) == (3, 0)


@pytest.mark.parametrize(
    ("at_least", "from_people", "per", "people", "needed"),
    [(1, 101, 0, 100, 0), (1, 101, 0, 101, 1), (1, 1, 3, 7, 3), (2, 1, 50, 40, 2), (1, 1, 0, 0, 0)],
)
def test_how_many_are_needed(at_least: int, from_people: int, per: int, people: int, needed: int) -> None:
    """At least so many from so many people on, and one for each of so many where that is more."""
    found = Requirement(1, 1, "/1/", "CN", Kind.FIRST_AIDER, at_least, from_people, per, "law")
    assert staffing.needed(found, people) == needed
    assert staffing.holds_in(found, "cn")
    assert not staffing.holds_in(found, "US")


def test_the_next_health_check_is_months_later_and_never_on_a_day_that_is_none() -> None:
    """The last of August and six months is the last of February."""
    assert health.months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert health.months_later(date(2026, 12, 5), 12) == date(2027, 12, 5)
    assert health.next_due(Checkup(1, 1, 0, date(2026, 1, 1), None), date(2026, 1, 1)) is None
    assert health.entry_of("W-1 2027-03-01 12") == ("W-1", date(2027, 3, 1), 12)
    assert health.entry_of("W-1 2027-03-01") == ("W-1", date(2027, 3, 1), 0)
    assert health.entry_of("W-1 soon 12") is None
    assert health.entry_of("W-1") is None
