"""The simulator's clock: real time plus an offset that tests and the page can move forward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC time that people see: message dates, expiry, poll closing. Runs with real time unless `frozen`.

    Flood control, long polling and webhook retries do not use it: they are real time.
    """

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        real = datetime.now(UTC)
        self._offset = (start - real) if start else timedelta()
        self._frozen_at: datetime | None = (start or real) if frozen else None

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return self._frozen_at if self._frozen_at is not None else datetime.now(UTC) + self._offset

    def unix(self) -> int:
        """The present moment as Telegram writes dates: whole seconds since 1970."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> datetime:
        """Move forward; a negative step is a ValueError, because Telegram's dates never run backwards."""
        if seconds < 0:
            raise ValueError("the clock cannot run backwards")
        if self._frozen_at is not None:
            self._frozen_at += timedelta(seconds=seconds)
        else:
            self._offset += timedelta(seconds=seconds)
        return self.now()

    def until(self, moment: datetime) -> float:
        """Seconds from now to an aware moment; a naive one is a ValueError."""
        if moment.tzinfo is None:
            raise ValueError("give the time with its offset, such as 2026-03-01T06:00:00+00:00")
        return (moment - self.now()).total_seconds()

    def freeze(self, frozen: bool) -> None:
        """Stop the clock, or let it run on from where it stands."""
        now = self.now()
        self._frozen_at = now if frozen else None
        if not frozen:
            self._offset = now - datetime.now(UTC)
