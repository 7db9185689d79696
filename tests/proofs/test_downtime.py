"""Three days down with a hundred thousand people."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
def test_a_bot_that_sends_what_was_meant_for_another_day_is_noticed(make_database_url: Callable[[str], str]) -> None:
    """The sabotage: what waited when it died does not expire, and leaves before anybody looks at it."""
    with must_fail("three days without the bot, then everything at once"):
        back_after_three_days(make_database_url("sqlite"), 100, stale=True)
