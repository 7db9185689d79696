"""When a schedule is due, as values: on a crontab line, every so often, or at everybody's own hours. Pure.

A crontab line speaks of the wall clock. It is worked out on the wall clock alone, as if there were no change of clocks,
and only then looked up in the zone (`kit.clock.instant`): a time that spring skips comes later by the gap, one that
autumn repeats comes the first time. So each wall time of each local date has exactly one instant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache

from apscheduler.triggers.cron import CronTrigger

from bot.kit.clock import instant, local_date

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EVERY = re.compile(r"every (\d+) ?(m|minutes?|h|hours?|d|days?)")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
OWN_HOURS = "own hours"
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadTiming(ValueError):
    """A timing that means nothing; the text says what to write instead."""


@dataclass(frozen=True)
class Occurrence:
    """One time that a schedule is due. `name` is its own for ever: a local date, a local time, or an instant."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Cron:
    """Minute, hour, day, month, weekday (0 and 7 are Sunday), on the wall clock of a zone."""

    line: str

    def occurrences(self, zone: str, after: datetime, until: datetime) -> Iterator[Occurrence]:
        """All with `after` < instant <= `until`, in their order on the wall clock."""
        # a day of slack on both sides: clocks change by less, and a skipped time is moved by less
        day, last = local_date(after, zone) - DAY, local_date(until, zone) + DAY
        while day <= last:
            for name, wall in _times(self.line, day):
                at = instant(day, wall, zone)
                if after < at <= until:
                    yield Occurrence(name, at)
            day += DAY


@dataclass(frozen=True)
class Every:
    """At each whole multiple of a length of time: the same instants whenever the program was started."""

    step: timedelta

    def occurrences(self, zone: str, after: datetime, until: datetime) -> Iterator[Occurrence]:
        """All with `after` < instant <= `until`."""
        number = (after - EPOCH) // self.step + 1
        while (at := EPOCH + number * self.step) <= until:
            yield Occurrence(f"{at:%Y-%m-%dT%H:%MZ}", at)
            number += 1


@dataclass(frozen=True)
class OwnHours:
    """At each person's own hour, shift and zone: the room that plans it knows who is due."""

    def occurrences(self, zone: str, after: datetime, until: datetime) -> Iterator[Occurrence]:
        """None: it has no time of its own."""
        return iter(())


Timing = Cron | Every | OwnHours


def parse(text: str) -> Timing:
    """`0 8 * * 1-5`, `every 30 minutes`, `own hours`. Raises BadTiming."""
    text = " ".join(text.split())
    if text == OWN_HOURS:
        return OwnHours()
    if text.startswith("every"):
        return _every(text)
    _trigger(text)
    return Cron(text)


def _every(text: str) -> Every:
    found = _EVERY.fullmatch(text)
    step = int(found[1]) * _UNITS[found[2][0]] if found else timedelta()
    if not step:
        raise BadTiming(f"{text!r}: write `every 30 minutes`, `every 6 hours` or `every 2 days`")
    return Every(step)


def newest(timing: Timing, zone: str, after: datetime, until: datetime) -> Occurrence | None:
    """The latest with `after` < instant <= `until`."""
    return max(timing.occurrences(zone, after, until), key=lambda each: (each.at, each.name), default=None)


def coming(timing: Timing, zone: str, now: datetime, count: int = 1) -> list[Occurrence]:
    """The next ones after `now`: fewer where the next nine years have fewer (29 February)."""
    for days in (2, 40, 400, 9 * 366):
        found = sorted(timing.occurrences(zone, now, now + timedelta(days=days)), key=lambda each: each.at)
        if len(found) >= count:
            return found[:count]
    return found


@lru_cache(maxsize=10_000)
def _times(line: str, day: date) -> tuple[tuple[str, time], ...]:
    """The times on the wall of one date, each with its name."""
    trigger, once_a_day = _trigger(line)
    found, at = [], datetime.combine(day, time(), UTC)
    while (at := trigger.get_next_fire_time(None, at)) is not None and at.date() == day:
        found.append((f"{day}" if once_a_day else f"{day}T{at:%H:%M}", at.time()))
        at += timedelta(seconds=1)
    return tuple(found)


@cache
def _trigger(line: str) -> tuple[CronTrigger, bool]:
    """The trigger of a crontab line on a clock that never changes, and whether it is due at most once a date."""
    fields = line.lower().split()
    if len(fields) != 5:
        raise BadTiming(f"{line!r}: a crontab line has five fields, like `0 8 * * 1-5` (minute hour day month weekday)")
    minute, hour, day, month, weekday = fields
    if day != "*" and weekday != "*":
        # cron means either of them, the library both: nobody should have to guess
        raise BadTiming(f"{line!r}: a day of the month or a weekday, not both; make two schedules")
    try:
        trigger = CronTrigger(
            minute=minute,
            hour=hour,
            day=day,
            month=_numbers(month, _MONTHS),
            day_of_week=_weekdays(weekday),
            timezone=UTC,
        )
    except ValueError as error:
        raise BadTiming(f"{line!r}: {error}") from error
    if trigger.get_next_fire_time(None, EPOCH) is None:
        raise BadTiming(f"{line!r}: there is no such day in any year")
    return trigger, minute.isdigit() and hour.isdigit()


def _weekdays(field: str) -> str:
    """Weekdays by name: the library's numbers begin with Monday, those of cron with Sunday."""
    if field == "*":
        return field
    days: set[int] = set()
    for part in _numbers(field, _DAYS).split(","):
        found = re.fullmatch(r"(?:(\d)(?:-(\d))?|\*)(?:/(\d))?", part)
        if found is None:
            raise BadTiming(f"{part!r} is no weekday: 0-7 (0 and 7 are Sunday) or sun, mon, tue, wed, thu, fri, sat")
        first = int(found[1] or 0)
        last = int(found[2] or (first if found[1] else 6))
        last = 7 if last == 0 < first else last
        if not first <= last <= 7:
            raise BadTiming(f"{part!r} is no stretch of weekdays: write it like 1-5")
        days |= {day % 7 for day in range(first, last + 1, int(found[3] or 1) or 1)}
    return ",".join(_DAYS[day] for day in sorted(days))


def _numbers(field: str, names: tuple[str, ...]) -> str:
    for number, name in enumerate(names):
        field = re.sub(rf"\b{name}\b", str(number), field) if name else field
    return field
