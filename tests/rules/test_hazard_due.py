"""How long a danger may stand once it is rated, as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hazards.rules import due_after_rating, is_milder
from bot.kit.risk import Severity

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
LIMIT = {Severity.CRITICAL: 4, Severity.HIGH: 24, Severity.MEDIUM: 72, Severity.LOW: 336}


@pytest.mark.parametrize(
    ("due_h", "now_h", "before", "severity", "expected_h"),
    [
        (
            24,
            2,
            None,
            Severity.HIGH,
            24,
        ),  # the first rating counts from the report, not from when somebody found the time
        (24, 2, None, Severity.CRITICAL, 4),
        (4, 2, None, Severity.LOW, 336),
        (None, 2, Severity.HIGH, Severity.HIGH, 24),
        (24, 20, Severity.HIGH, Severity.HIGH, 24),  # said again: no more time
        (24, 2, Severity.HIGH, Severity.CRITICAL, 6),  # worse: four hours from now
        (24, 22, Severity.HIGH, Severity.CRITICAL, 24),  # worse, and two hours were left: it stays two
        (10, 2, Severity.LOW, Severity.HIGH, 10),  # a manager had set a nearer time: it holds
        (24, 20, Severity.HIGH, Severity.MEDIUM, 72),  # milder: as if it had been so from the report on
        (500, 20, Severity.HIGH, Severity.MEDIUM, 500),  # a manager had given it longer
        (24, 30, Severity.HIGH, Severity.HIGH, 24),  # overdue stays overdue
    ],
)
def test_the_time_that_is_left(
    due_h: int | None, now_h: int, before: Severity | None, severity: Severity, expected_h: int
) -> None:
    """Hours from the report on."""
    due = None if due_h is None else NOON + timedelta(hours=due_h)
    limit = timedelta(hours=LIMIT[severity])
    found = due_after_rating(due, NOON, NOON + timedelta(hours=now_h), before, severity, limit)
    assert found == NOON + timedelta(hours=expected_h)


@given(st.integers(1, 500), st.integers(0, 500), st.sampled_from(Severity), st.sampled_from(Severity))
def test_no_rating_but_a_milder_one_gives_more_time(
    due_h: int, now_h: int, before: Severity, severity: Severity
) -> None:
    """Whatever stood before, and whenever it is said."""
    due = NOON + timedelta(hours=due_h)
    limit = timedelta(hours=LIMIT[severity])
    found = due_after_rating(due, NOON, NOON + timedelta(hours=now_h), before, severity, limit)
    assert found <= due or is_milder(before, severity)
