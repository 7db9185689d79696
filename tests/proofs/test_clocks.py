"""Every zone of the world and every change of its clocks in 2026: once a schedule and local date."""

from __future__ import annotations

import pytest

from tests.rules.test_timing import DAY, HOUR, JUMPS, changes, wrong_dates


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_in_every_zone_each_local_date_has_exactly_one_run() -> None:
    """With clocks that are right, and with such as jump an hour or a day forward or back and are put right again."""
    assert len(changes()) > 200
    assert {HOUR, DAY} < set(JUMPS)
    assert [wrong for zone, change in changes() for jump in JUMPS for wrong in wrong_dates(zone, change, jump)] == []
