"""When something is to be published: what is offered, and what was typed. Pure; on the wall clock of the unit it is for."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from bot.kit.clock import instant, local, local_date

MORNING = time(6, 0)
FURTHEST = timedelta(days=366)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.：时h](\d{2})?(?!\d)")


def offered(now: datetime, zone: str) -> list[datetime]:
    """Tomorrow, the next Monday and the first of the next month, at six in the morning, before any shift of the day."""
    today = local_date(now, zone)
    monday = today + timedelta(days=7 - today.weekday())
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    days = sorted({today + timedelta(days=1), monday, first})
    return [instant(day, MORNING, zone) for day in days]


def read(words: str, now: datetime, zone: str) -> datetime | None:
    """`2026-12-24 06:00` as an instant; the hour may be left out. None: not understood, past, or more than a year off."""
    found = _DATE.search(words)
    if found is None:
        return None
    clock = _CLOCK.search(words, found.end())
    try:
        on = date(*(int(each) for each in found.groups()))
        at = time(int(clock[1]), int(clock[2] or 0)) if clock else MORNING
    except ValueError:
        return None
    moment = instant(on, at, zone)
    return moment if now < moment <= now + FURTHEST else None


def written(at: datetime, zone: str) -> str:
    """The moment on the wall clock of the unit, the same in all languages: `2026-12-24 06:00`."""
    return f"{local(at, zone):%Y-%m-%d %H:%M}"


def minutes(at: datetime) -> int:
    """The moment as a number for a button."""
    return int(at.timestamp() // 60)


def from_minutes(number: int, now: datetime) -> datetime | None:
    """The moment of a button; None where it is past by now (buttons can be old, or forged)."""
    if not 0 < number < 10**8:
        return None
    at = datetime.fromtimestamp(number * 60, now.tzinfo)
    return at if now < at <= now + FURTHEST else None
