"""Three days down with a hundred thousand people."""

from __future__ import annotations

import pytest

from tests.store.test_downtime import back_after_three_days


@pytest.mark.prove
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_after_three_days_down_a_hundred_thousand_get_at_most_one_catch_up_each(database_url: str) -> None:
    """Nothing stale, nothing in quiet hours, nobody forgotten; on both engines."""
    back_after_three_days(database_url, 100_000)
