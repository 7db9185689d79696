"""Sensors: limits at every boundary, hysteresis, holding, flapping, silence; and what a machine may send."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sensors.model import Level, Limits, Reading, Standing, Turn
from bot.sensors.receiving import MOST, Unreadable, readings_of
from bot.sensors.rules import AHEAD, BEHIND, level_of, take, why_refused, wrong_limits
from bot.sensors.showing import passed, shown

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
OXYGEN = Limits(20, 23, 19.5, 23.5, back=0.2, calm=timedelta(minutes=10))
N, W, A = Level.NORMAL, Level.WARNING, Level.ALARM


@pytest.mark.parametrize(
    ("value", "before", "level"),
    [
        (20.9, N, N), (20.1, N, N), (20.0, N, W), (19.6, N, W), (19.5, N, A), (5.0, N, A),
        (22.9, N, N), (23.0, N, W), (23.4, N, W), (23.5, N, A), (99.0, N, A),
        (20.1, W, W), (20.2, W, N), (22.9, W, W), (22.8, W, N),
        (19.6, A, A), (19.7, A, W), (20.1, A, W), (20.2, A, N), (23.4, A, A), (23.3, A, W), (22.8, A, N),
    ],
)  # fmt: skip
def test_a_limit_is_reached_at_it_and_left_only_inside_of_it(value: float, before: Level, level: Level) -> None:
    """Oxygen: warning at 20 and 23 %, alarm at 19.5 and 23.5 %, 0.2 back."""
    assert level_of(OXYGEN, value, before) is level


def at(minutes: float, value: float) -> Reading:
    """A value of the sensor, so many minutes after noon."""
    return Reading("o2", value, NOON + timedelta(minutes=minutes))


def turns(limits: Limits, *values: tuple[float, float]) -> tuple[list[Turn], Standing]:
    """What the readings (minutes, value) make of a sensor that was never heard before."""
    standing, found = Standing(), []
    for minutes, value in values:
        standing, turn = take(limits, standing, at(minutes, value))
        found.append(turn)
    return found, standing


def test_one_story_begins_worsens_and_ends_after_it_was_calm() -> None:
    """Back to normal for nine minutes is not over; for ten it is."""
    found, standing = turns(OXYGEN, (0, 20.9), (1, 19.9), (2, 19.4), (3, 20.9), (12, 20.9), (13, 20.9), (14, 19.0))
    assert found == [Turn.NOTHING, Turn.BEGINS, Turn.WORSENS, Turn.NOTHING, Turn.NOTHING, Turn.ENDS, Turn.BEGINS]
    assert (standing.episode, standing.worst, standing.level) == (2, A, A)


def test_flapping_makes_one_story() -> None:
    """In and out forty times within the calm."""
    found, standing = turns(OXYGEN, *((n, 19.9 if n % 2 else 20.9) for n in range(80)))
    assert found.count(Turn.BEGINS) == 1
    assert Turn.ENDS not in found
    assert standing.episode == 1


def test_a_value_has_to_hold_before_it_counts_and_each_level_by_itself() -> None:
    """Warm for a minute is a warning also where it is hot by then; hot has its own minute."""
    limits = Limits(warn_high=35, alarm_high=60, hold=timedelta(minutes=1))
    found, standing = turns(limits, (0, 40), (0.5, 30), (1, 40), (1.5, 70), (2, 70), (2.5, 70))
    assert found == [Turn.NOTHING] * 4 + [Turn.BEGINS, Turn.WORSENS]
    assert standing.level is A


def test_what_comes_late_or_twice_moves_nothing() -> None:
    """An older alarm does not undo the newer normal value."""
    _, standing = turns(OXYGEN, (5, 20.9))
    assert take(OXYGEN, standing, at(4, 10)) == (standing, Turn.NOTHING)
    assert take(OXYGEN, standing, at(5, 10)) == (standing, Turn.NOTHING)


@given(st.lists(st.floats(10, 30, allow_nan=False), min_size=1, max_size=60), st.data())
def test_a_story_never_gets_milder_and_copies_change_nothing(values: list[float], data: st.DataObject) -> None:
    """Whatever comes, in whatever order copies come back: turns alternate and only newer values count."""
    standing, going, number = Standing(), False, 0
    for minute, value in enumerate(values):
        before = standing
        standing, turn = take(OXYGEN, standing, at(minute, value))
        assert standing.worst >= before.worst or turn is Turn.ENDS
        assert (turn is Turn.BEGINS) <= (not going)
        assert (turn in (Turn.ENDS, Turn.WORSENS)) <= going
        going = standing.worst is not N
        number += turn is Turn.BEGINS
        copy = data.draw(st.integers(0, minute))
        assert take(OXYGEN, standing, at(copy, values[copy])) == (standing, Turn.NOTHING)
    assert standing.episode == number


@pytest.mark.parametrize(
    ("away", "why"),
    [
        (timedelta(0), None),
        (AHEAD, None),
        (AHEAD + timedelta(seconds=1), "from_the_future"),
        (-BEHIND, None),
        (-BEHIND - timedelta(seconds=1), "too_old"),
    ],
)
def test_a_wrong_clock_is_refused(away: timedelta, why: str | None) -> None:
    """Up to five minutes ahead, up to a week behind."""
    assert why_refused(Reading("o2", 20.9, NOON + away), NOON) == why


@pytest.mark.parametrize(
    ("limits", "wrong"),
    [
        (OXYGEN, None),
        (Limits(silent=timedelta(minutes=5)), None),
        (Limits(), "nothing"),
        (Limits(warn_high=10, alarm_high=5), "order"),
        (Limits(warn_high=10, alarm_high=10), "order"),
        (Limits(warn_low=20, alarm_low=21), "order"),
        (Limits(warn_low=20, warn_high=21, back=0.5), "back"),
        (Limits(warn_high=10, back=-1), "back"),
    ],
)
def test_limits_that_cannot_be_are_told(limits: Limits, wrong: str | None) -> None:
    """Before a sensor is taken in."""
    assert wrong_limits(limits) == wrong


def test_what_stands_in_a_sentence_is_the_limit_on_the_side_of_the_value() -> None:
    """And a number without digits that say nothing."""
    assert passed(OXYGEN, A, 18.0) == 19.5
    assert passed(OXYGEN, A, 24.0) == 23.5
    assert passed(Limits(warn_high=35), W, 40.0) == 35
    assert shown(19.400000001, "%") == "19.4\u00a0%"
    assert shown(None, "%") == ""


@pytest.mark.parametrize(
    "said",
    [
        {"sensor": "o2", "value": 18.9, "at": "2026-11-18T12:00:00Z", "id": "1"},
        [{"sensor": "o2", "value": 18.9, "at": 1795003200, "id": 1}],
        {"readings": [{"sensor": "o2", "value": 18.9, "timestamp": 1795003200000, "id": "1"}]},
    ],
)
def test_a_delivery_is_read_in_each_of_its_shapes(said: Any) -> None:
    """One, a list, or a list in a map; the time in three ways."""
    assert readings_of(json.dumps(said).encode(), NOON) == [Reading("o2", 18.9, NOON, "1")]


def test_over_mqtt_a_number_is_enough() -> None:
    """Whose it is stands in the topic, and when it was is now."""
    assert readings_of(b"18.9", NOON, "o2") == [Reading("o2", 18.9, NOON)]
    assert readings_of(b'{"value": true}', NOON, "door") == [Reading("door", 1.0, NOON)]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b"nan", b"null", b"[]", b"{}", b'"x"', b'{"readings": {}}', b"[1]", b'{"sensor": "o2"}',
        b'{"sensor": "o2", "value": "high"}', b'{"sensor": "o2", "value": NaN}', b'{"sensor": "o2", "value": 1e999}',
        b'{"sensor": "", "value": 1}', b'{"sensor": "o2", "value": 1, "at": "yesterday"}',
        b'{"sensor": "o2", "value": 1, "at": "2026-11-18T12:00:00"}', b'{"sensor": "o2", "value": 1, "at": 1e300}',
        b'{"sensor": "o2", "value": 1, "id": ""}', b"[" * 100_000,
        json.dumps([{"sensor": "o2", "value": 1}] * (MOST + 1)).encode(), b" " * 300_000,
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_and_nothing_of_it_is_taken(body: bytes) -> None:
    """Never an error of another kind."""
    with pytest.raises(Unreadable):
        readings_of(body, NOON)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Nothing else happens."""
    try:
        found = readings_of(body, NOON, "o2")
    except Unreadable:
        return
    assert found
