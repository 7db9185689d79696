"""Thirty days with every room's kinds of messages on."""

from __future__ import annotations

import pytest

from tests.store.test_month import live


@pytest.mark.prove
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_thirty_days_with_everything_on_keep_the_budget_and_nothing_is_late(database_url: str) -> None:
    """Nobody gets more than two messages a day that they did not ask for; each is told of in its time."""
    live(database_url, 30)
