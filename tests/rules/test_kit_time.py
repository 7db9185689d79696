"""Clocks, quiet hours and the pace of sending: tables of cases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kit.clock import instant, local_date
from bot.kit.pace import GROUP_MOST, ChatPace, Pace
from bot.kit.quiet import QuietHours, is_quiet, quiet_ends

NIGHT = QuietHours(time(21), time(7), "Europe/Madrid")
NOON = QuietHours(time(12), time(14), "UTC")


@pytest.mark.parametrize(
    ("quiet", "at", "expected"),
    [
        (NIGHT, datetime(2026, 11, 20, 19, 59, tzinfo=UTC), False),
        (NIGHT, datetime(2026, 11, 20, 20, 0, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 11, 21, 5, 59, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 11, 21, 6, 0, tzinfo=UTC), False),
        (NOON, datetime(2026, 11, 20, 12, 0, tzinfo=UTC), True),
        (NOON, datetime(2026, 11, 20, 14, 0, tzinfo=UTC), False),
        (QuietHours(time(7), time(7), "UTC"), datetime(2026, 11, 20, 7, 0, tzinfo=UTC), False),
    ],
)
def test_quiet_hours_begin_and_end_on_the_wall_clock(quiet: QuietHours, at: datetime, expected: bool) -> None:
    """The start is quiet, the end is not; midnight may lie between."""
    assert is_quiet(quiet, at) is expected


@given(st.integers(0, 500_000).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)))
def test_what_waits_for_the_end_of_quiet_hours_is_never_early_nor_quiet(at: datetime) -> None:
    """The end of quiet hours is not before the moment itself, and lies at most a day away."""
    end = quiet_ends(NIGHT, at)
    assert end >= at
    assert not is_quiet(NIGHT, end)
    assert (end - at).total_seconds() <= 25 * 3600


def test_a_wall_time_that_spring_skips_still_has_one_instant() -> None:
    """Half past two does not exist on that night in Madrid; it means half an hour after the jump."""
    assert instant(date(2026, 3, 29), time(2, 30), "Europe/Madrid") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_wall_time_that_autumn_repeats_means_its_first() -> None:
    """Half past two comes twice; the first counts."""
    assert instant(date(2026, 10, 25), time(2, 30), "Europe/Madrid") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_same_instant_is_another_day_elsewhere() -> None:
    """Evening in Chicago is tomorrow in Shanghai."""
    at = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    assert local_date(at, "America/Chicago") == date(2026, 11, 20)
    assert local_date(at, "Asia/Shanghai") == date(2026, 11, 21)


@given(st.floats(1, 1000), st.lists(st.floats(0, 0.2), min_size=5, max_size=300))
def test_the_pace_never_gives_more_slots_in_a_second_than_the_rate(rate: float, thinking: list[float]) -> None:
    """However late somebody comes for a slot and whatever is made up for."""
    pace, now, taken = Pace(rate), 100.0, []
    for pause in thinking:
        now += pause + pace.wait(now + pause)
        pace.take(now)
        taken.append(now)
    for start in taken:
        assert sum(1 for at in taken if start <= at < start + 1 - 1e-6) <= ceil(rate)


def test_everybody_waits_when_telegram_says_so() -> None:
    """A pause of the token holds up the next slot."""
    pace = Pace(30)
    pace.pause(10.0, 5)
    assert pace.wait(12.0) == pytest.approx(3.0)


def test_a_group_gets_twenty_a_minute_and_a_person_one_a_second() -> None:
    """The twenty-first message to a group waits for the minute; a private chat only for its second."""
    chats = ChatPace(1.0)
    for second in range(GROUP_MOST):
        assert chats.wait(-100, second * 1.1) == 0.0
        chats.take(-100, second * 1.1)
    assert chats.wait(-100, 22.0) == pytest.approx(38.0)
    assert chats.wait(5, 0.0) == 0.0
    chats.take(5, 0.0)
    assert chats.wait(5, 0.0) == pytest.approx(1.005, abs=0.01)
