"""When a push is due, what a sitting holds, what an answer does to memory."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.kit.quiet import QuietHours
from bot.learning.model import Memory
from bot.learning.rules import ANSWER, QUESTIONS, compose, due_now, later_at, remember
from bot.library.lesson_checks import MAX_SECONDS
from bot.people.model import Shift

CHICAGO = "America/Chicago"
NIGHT = Shift("night", "Night", time(22), time(6))
EARLY = Shift("early", "Early", time(6), time(14))
NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
"""12:00 in Chicago."""


def chicago(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in November 2026 on the wall clock of Chicago (six hours behind UTC)."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=6)


def test_at_noon_push_times_of_the_last_four_hours_are_due() -> None:
    """Whoever wanted nine o'clock still gets it at noon; whoever wanted eight gets it no more."""
    due = due_now(CHICAGO, {}, NOON)
    assert (due.today, due.after, due.until) == (date(2026, 11, 18), time(8), time(12))


def test_after_midnight_nothing_of_yesterday_is_due() -> None:
    """At 01:00 the window does not reach back into the day before."""
    due = due_now(CHICAGO, {}, chicago(18, 1))
    assert (due.today, due.after) == (date(2026, 11, 18), None)
    assert due.day_ends_at == chicago(19, 0)


@pytest.mark.parametrize(
    ("shift", "at", "on"),
    [
        (EARLY, chicago(18, 6, 29), None),
        (EARLY, chicago(18, 6, 30), date(2026, 11, 18)),
        (EARLY, chicago(18, 10, 29), date(2026, 11, 18)),
        (EARLY, chicago(18, 10, 30), None),
        (NIGHT, chicago(18, 22, 30), date(2026, 11, 18)),
        (NIGHT, chicago(19, 1, 0), date(2026, 11, 18)),
        (NIGHT, chicago(19, 2, 30), None),
        (NIGHT, chicago(19, 6, 30), None),
    ],
)
def test_a_shift_is_due_from_half_an_hour_after_its_start_for_four_hours(
    shift: Shift, at: datetime, on: date | None
) -> None:
    """A night shift keeps the date on which it began, so that it gets one lesson and not two."""
    found = due_now(CHICAGO, {shift.code: shift}, at).shifts
    assert [each.on for each in found] == ([] if on is None else [on])


def test_a_short_shift_is_never_due_after_its_end() -> None:
    """Two hours of work leave an hour and a half for a lesson."""
    short = Shift("short", "Short", time(8), time(10))
    assert due_now(CHICAGO, {"short": short}, chicago(18, 9, 59)).shifts
    assert not due_now(CHICAGO, {"short": short}, chicago(18, 10)).shifts


def test_a_window_across_the_autumn_change_has_its_hours_on_the_wall() -> None:
    """On the day of 25 hours nine o'clock is still nine o'clock."""
    due = due_now(CHICAGO, {}, datetime(2026, 11, 1, 15, 0, tzinfo=UTC))
    assert (due.until, due.after) == (time(9), time(5))
    assert due.day_ends_at == datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "at", "due"),
    [
        (time(10), chicago(18, 9, 59), False),
        (time(10), chicago(18, 10), True),
        (time(10), chicago(18, 13, 59), True),
        (time(10), chicago(18, 14), False),
        (time(5), chicago(18, 9), False),
    ],
)
def test_an_hour_that_a_plan_names_makes_a_turn_of_its_own_within_a_shift(hour: time, at: datetime, due: bool) -> None:
    """From that hour on for four; outside the shift none, and then the usual turn leaves nobody out."""
    on = date(2026, 11, 18)
    found = due_now(CHICAGO, {EARLY.code: EARLY}, at, {on: [hour]}).shifts
    assert [each.at for each in found if each.at] == ([hour] if due else [])
    usual = due_now(CHICAGO, {EARLY.code: EARLY}, chicago(18, 6, 45), {on: [hour]}).shifts
    assert [each.besides for each in usual] == [(hour,) if hour == time(10) else ()]


def test_two_in_the_morning_belongs_to_the_night_shift_of_the_day_before() -> None:
    """It is found on the next date, and keeps the date on which the shift began."""
    [found] = due_now(CHICAGO, {NIGHT.code: NIGHT}, chicago(19, 2, 45), {date(2026, 11, 18): [time(2, 40)]}).shifts
    assert (found.on, found.at) == (date(2026, 11, 18), time(2, 40))


def test_a_day_takes_three_minutes_at_most() -> None:
    """The longest lesson that the checker lets pass, and its questions at an allowance each."""
    assert QUESTIONS >= 2
    assert timedelta(seconds=MAX_SECONDS) + QUESTIONS * ANSWER <= timedelta(minutes=3)


QUIET = QuietHours(time(21), time(7), CHICAGO)


@pytest.mark.parametrize(
    ("at", "again"),
    [
        (chicago(18, 9), chicago(18, 11)),
        (chicago(18, 19), None),
        (chicago(18, 22, 30), None),
    ],
)
def test_later_is_two_hours_later_unless_that_disturbs_or_is_tomorrow(at: datetime, again: datetime | None) -> None:
    """Not in quiet hours, not after the end of the day."""
    assert later_at(at, chicago(19, 0), QUIET) == again


@pytest.mark.parametrize(
    ("due", "own", "new", "chosen"),
    [
        ([], ["o1", "o2", "o3", "o4"], ["n1"], ["o1", "o2", "o3"]),
        (["d1"], ["o1", "o2"], ["n1"], ["d1", "o1", "o2"]),
        (["d1", "d2", "d3"], ["o1", "o2"], [], ["d1", "o1", "o2"]),
        (["d1", "d2", "d3"], ["o1"], [], ["d1", "d2", "o1"]),
        (["d1", "d2", "d3"], ["o1"], ["n1"], ["d1", "o1", "n1"]),
        (["d1", "d2", "d3"], [], ["n1", "n2"], ["d1", "n1", "n2"]),
        (["d1", "d2", "d3", "d4"], [], [], ["d1", "d2", "d3"]),
        (["d1"], [], ["n1"], ["d1", "n1"]),
        (["d1"], ["d1"], ["d1"], ["d1"]),
        ([], [], [], []),
    ],
)
def test_a_sitting_repeats_first_and_leaves_places_to_what_was_never_asked(
    due: list[str], own: list[str], new: list[str], chosen: list[str]
) -> None:
    """What is longest due first, then the lesson's own, then new ones; never one twice, never more than three."""
    assert compose(due, own, new) == chosen
    assert len(chosen) <= QUESTIONS


def test_the_first_answer_makes_memory_and_a_wrong_one_comes_back_sooner() -> None:
    """FSRS: right waits longer than wrong; both wait at least a day, because a push comes once a day."""
    right, wrong = remember(None, True, NOON), remember(None, False, NOON)
    assert right.due_at > wrong.due_at >= NOON + timedelta(days=1)
    assert (right.reps, right.lapses, wrong.lapses) == (1, 0, 1)


def test_what_is_answered_rightly_again_and_again_is_asked_ever_less_often() -> None:
    """The intervals grow, and a mistake makes them short again."""
    memory: Memory | None = None
    at, waits = NOON, []
    for _ in range(4):
        memory = remember(memory, True, at)
        waits.append(memory.due_at - at)
        at = memory.due_at
    assert waits == sorted(waits)
    assert waits[-1] > timedelta(days=20)
    again = remember(memory, False, at)
    assert again.due_at - at < waits[1]


def test_remembering_is_the_same_for_the_same_answers() -> None:
    """No dice: what a person is asked can be explained."""
    once = remember(remember(None, True, NOON), False, NOON + timedelta(days=3))
    assert once == remember(remember(None, True, NOON), False, NOON + timedelta(days=3))
