"""The clock that decides what people see: due, expiry, quiet hours. Leases and pacing use monotonic time instead."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Anything that tells the present as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until it is moved; for tests and rehearsals."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> datetime:
        self._at += by
        return self._at


def local(at: datetime, zone: str) -> datetime:
    """The same instant on the wall clock of an IANA zone."""
    return at.astimezone(ZoneInfo(zone))


def local_date(at: datetime, zone: str) -> date:
    """The calendar day that an instant falls on in an IANA zone."""
    return local(at, zone).date()


def instant(on: date, at: time, zone: str) -> datetime:
    """The UTC instant of a local wall time.

    A time that the spring change skips is moved forward by the gap, one that the autumn change repeats means its
    first occurrence (PEP 495, fold=0), so that every local day has exactly one instant for each wall time.
    """
    naive = datetime.combine(on, at)
    return naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
