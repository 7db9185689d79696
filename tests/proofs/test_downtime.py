"""Three days down with a hundred thousand people."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.delivery import budget
from tests.proofs.counted import counted, must_fail
from tests.store.test_downtime import back_after_three_days


@pytest.mark.prove
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_after_three_days_down_a_hundred_thousand_get_at_most_one_catch_up_each(database_url: str) -> None:
    """Nothing stale, nothing in quiet hours, nobody forgotten; on both engines."""
    people = 100_000
    back_after_three_days(database_url, people)
    counted("three days without the bot, then everything at once", people, people)


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_bot_that_makes_up_for_every_day_is_noticed(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sabotage: a day has room for any number of messages."""
    monkeypatch.setattr(budget.budget, "per_day", 50)
    with must_fail("three days without the bot, then everything at once"):
        back_after_three_days(make_database_url("sqlite"), 100)
