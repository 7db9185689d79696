"""When schedules are due: crontab lines, changes of clocks in every zone, clocks that jump."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.delivery import schedules, timing
from bot.delivery.schedules import Missed, Schedule
from bot.kit.clock import instant, local_date
from tests.proofs.counted import counted

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""A Friday."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0 8 * * *", ["2026-11-21", "2026-11-22", "2026-11-23"]),
        ("0 8 * * 1-5", ["2026-11-23", "2026-11-24", "2026-11-25"]),
        ("0 8 * * 0", ["2026-11-22", "2026-11-29", "2026-12-06"]),
        ("0 8 * * 7", ["2026-11-22", "2026-11-29", "2026-12-06"]),
        ("0 8 * * sun,wed", ["2026-11-22", "2026-11-25", "2026-11-29"]),
        ("0 8 * * fri-sun", ["2026-11-21", "2026-11-22", "2026-11-27"]),
        ("0 8 * * */2", ["2026-11-21", "2026-11-22", "2026-11-24"]),
        ("30 9 1 jan,jul *", ["2027-01-01", "2027-07-01", "2028-01-01"]),
        ("0 0 29 2 *", ["2028-02-29", "2032-02-29"]),
        ("*/30 13 * * *", ["2026-11-20T13:00", "2026-11-20T13:30", "2026-11-21T13:00"]),
        ("every 6 hours", ["2026-11-20T18:00Z", "2026-11-21T00:00Z", "2026-11-21T06:00Z"]),
        ("own hours", []),
    ],
)
def test_a_timing_means_what_cron_means_by_it(line: str, expected: list[str]) -> None:
    """Sunday is 0 and 7; what is due once a day is named by its date."""
    assert [each.name for each in timing.coming(timing.parse(line), "UTC", NOON, 3)] == expected


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("0 8 * *", "five fields"),
        ("0 25 * * *", "maximum value"),
        ("0 8 * * 8", "weekday"),
        ("0 8 * * 5-2", "stretch of weekdays"),
        ("0 8 * * someday", "weekday"),
        ("0 8 1 * 1", "not both"),
        ("0 8 30 2 *", "no such day"),
        ("every 0 minutes", "every 30 minutes"),
        ("every week", "every 30 minutes"),
        ("", "five fields"),
    ],
)
def test_a_timing_that_means_nothing_says_what_to_write(line: str, says: str) -> None:
    """Before anything is saved."""
    with pytest.raises(timing.BadTiming, match=says):
        timing.parse(line)


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(7, 59, []), (8, 0, ["2026-11-18"]), (9, 59, ["2026-11-18"]), (10, 0, [])],
)
def test_a_schedule_is_due_from_its_time_until_it_is_too_late(hour: int, minute: int, expected: list[str]) -> None:
    """Two hours of grace, then the run is left out."""
    schedule = Schedule("digest", "digest", "0 8 * * *", "Europe/Madrid")
    now = instant(date(2026, 11, 18), time(hour, minute), "Europe/Madrid")
    assert [each.name for each in schedules.due(schedule, now)] == expected


@pytest.mark.parametrize(("missed", "count"), [(Missed.LATEST, 1), (Missed.EACH, 3)])
def test_after_three_days_down_the_latest_is_caught_up_or_each(missed: Missed, count: int) -> None:
    """As the schedule says."""
    schedule = Schedule("digest", "digest", "0 8 * * *", missed=missed, catch_up=3 * DAY)
    assert [each.name for each in schedules.due(schedule, NOON)][-1] == "2026-11-20"
    assert len(schedules.due(schedule, NOON)) == count


# --- changes of clocks and clocks that jump -------------------------------------------------------------------------


@cache
def changes() -> list[tuple[str, datetime]]:
    """Every zone and the instants at which its clocks change in 2026."""
    found = []
    for zone in sorted(available_timezones()):
        info, at = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
        while at.year == 2026:
            if (before := _offset(info, at)) != _offset(info, at + DAY):
                found.append(
                    (zone, next(at + n * HOUR / 2 for n in range(49) if _offset(info, at + n * HOUR / 2) != before))
                )
            at += DAY
    return found


def _kinds_of_change() -> list[tuple[str, datetime]]:
    """One zone for each hour on the wall and size of change."""
    kinds: dict[tuple[int, int], tuple[str, datetime]] = {}
    for zone, change in changes():
        by = _offset(ZoneInfo(zone), change) - _offset(ZoneInfo(zone), change - HOUR)
        kinds.setdefault((_hour(zone, change), by), (zone, change))
    return list(kinds.values())


def _offset(info: ZoneInfo, at: datetime) -> int:
    found = at.astimezone(info).utcoffset()
    assert found is not None
    return int(found.total_seconds())


def _walk(change: datetime, jump: timedelta, at: timedelta) -> Iterator[datetime]:
    """What a clock shows that ticks every half hour for five days, jumps once, and is put right six hours later."""
    start, tick = change - 2 * DAY, HOUR / 2
    for n in range(5 * 24 * 2):
        true = start + n * tick
        wrong = start + at <= true < start + at + 6 * HOUR
        yield true + jump if wrong else true


JUMPS = (timedelta(0), HOUR, -HOUR, DAY, -DAY)


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_around_every_kind_of_change_of_clocks_each_date_has_exactly_one_run(jump: timedelta) -> None:
    """Schedules in the hour that spring skips and autumn repeats; the clock jumps around it, and back again.

    Every zone by its name is gone through by `make prove` (tests/proofs/test_clocks.py).
    """
    kinds = _kinds_of_change()
    assert len(kinds) >= 6, "the zone data has changes of clocks"
    wrong = {zone: found for zone, change in kinds if (found := wrong_dates(zone, change, jump))}
    counted("a zone changes its clocks, the machine's clock jumps", len(kinds), len(kinds) - len(wrong))
    assert wrong == {}


def wrong_dates(zone: str, change: datetime, jump: timedelta) -> list[str]:
    """The local dates around a change of clocks on which a daily schedule did not run exactly once."""
    found = []
    for timed in (f"30 {_hour(zone, change)} * * *", "59 23 * * *", "0 0 * * *"):
        schedule = Schedule("daily", "daily", timed, zone, catch_up=31 * HOUR, missed=Missed.EACH)
        for at in (DAY, 2 * DAY - HOUR):
            runs = _runs(schedule, _walk(change, jump, at))
            inside = _dates(schedule, change - 2 * DAY, change + 3 * DAY)
            found += [f"{zone} {timed} {day}: {runs[day]} runs" for day in inside if runs[day] != 1]
    return found


def _hour(zone: str, change: datetime) -> int:
    """The hour on the wall that spring skips there, or autumn repeats."""
    before = (change - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).hour
    spring = _offset(ZoneInfo(zone), change) > _offset(ZoneInfo(zone), change - HOUR)
    return (before + 1) % 24 if spring else before


def _runs(schedule: Schedule, clock: Iterator[datetime]) -> Counter[str]:
    """How often a date would be planned: a run's key can be written once, so each name counts when it is first due."""
    there: set[str] = set()
    runs: Counter[str] = Counter()
    for now in clock:
        for each in schedules.due(schedule, now):
            if each.name not in there:
                there.add(each.name)
                runs[each.name] += 1
    return runs


def _dates(schedule: Schedule, first: datetime, last: datetime) -> list[str]:
    """The local dates whose time lies well inside a walk."""
    days = [local_date(first, schedule.zone) + n * DAY for n in range(1, 5)]
    return [f"{day}" for day in days if instant(day, time(23, 59), schedule.zone) < last - HOUR]
