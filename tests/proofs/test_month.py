"""Thirty days with every room's kinds of messages on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.delivery import budget
from tests.proofs.counted import counted, must_fail
from tests.store.test_month import live


@pytest.mark.prove
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_thirty_days_with_everything_on_keep_the_budget_and_nothing_is_late(database_url: str) -> None:
    """Nobody gets more than two messages a day that they did not ask for; each is told of in its time."""
    live(database_url, 30)
    counted("a month in which every room has much to say", 30, 30)


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_budget_that_nobody_keeps_is_noticed(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sabotage: a day has room for any number of messages."""
    monkeypatch.setattr(budget.budget, "per_day", 50)
    with must_fail("a month in which every room has much to say"):
        live(make_database_url("sqlite"), 3)
