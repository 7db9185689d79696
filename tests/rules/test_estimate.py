"""How long a long push takes: cases of the estimate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.estimate import Allowed, ends, seconds

NOW = datetime(2026, 11, 18, 15, 5, tzinfo=UTC)
SEVEN = datetime(2026, 11, 19, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("messages", "rate", "ahead", "each", "least", "most"),
    [
        (0, 30, 5000, 1, 0, 0),  # nothing to send takes no time, whatever else waits
        (200, 30, 0, 1, 6.7, 8),  # a team: a few seconds
        (100_000, 30, 0, 1, 3333, 3800),  # a company: about an hour, a tenth kept for answers and alerts
        (100_000, 1000, 0, 1, 100, 115),
        (200, 30, 9000, 1, 306, 345),  # behind a broadcast that waits already
        (1, 30, 0, 11, 10, 10.5),  # ten more to one chat: a message a second, whatever the token may
    ],
)
def test_a_push_takes_as_long_as_the_slower_of_token_and_chat_allow(
    messages: int, rate: float, ahead: int, each: int, least: float, most: float
) -> None:
    """Never less than the bare rate allows, and at most a seventh more."""
    assert least <= seconds(messages, Allowed(rate), ahead=ahead, each=each) <= most


def test_the_estimate_is_never_shorter_than_the_allowed_rate() -> None:
    """Whoever trusts it is not disappointed."""
    for messages in (1, 7, 300, 12_345):
        for rate in (0.5, 1, 30, 1000):
            assert seconds(messages, Allowed(rate)) > messages / rate


def test_who_sleeps_is_told_in_the_morning_and_the_end_is_after_that() -> None:
    """What is due now is long done by then; the forty begin at seven."""
    at = ends(NOW, 100, [(SEVEN, 40)], Allowed(30))
    assert SEVEN + timedelta(seconds=1) < at < SEVEN + timedelta(seconds=2)
    assert ends(NOW, 100, [], Allowed(30)) < NOW + timedelta(seconds=5)


def test_what_follows_later_waits_until_what_is_due_has_gone() -> None:
    """A push of a day runs on past seven: the forty come after it, whatever order they are given in."""
    due, allowed = 2_000_000, Allowed(20)
    whole = ends(NOW, due, [(SEVEN + timedelta(hours=1), 10), (SEVEN, 40)], allowed)
    assert whole >= NOW + timedelta(seconds=(due + 50) / 20)
