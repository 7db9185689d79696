"""An escalation ladder: who is called next, and when, until somebody acknowledges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Rung:
    """One step: whom to call (a name the room understands, such as `supervisor`) and how long to wait for an answer."""

    who: str
    wait: timedelta


@dataclass(frozen=True)
class Climb:
    """The decision to call `rung` now; `next_at` is when the one after it falls due, None after the last."""

    rung: int
    who: str
    next_at: datetime | None


def first_rung(rungs: tuple[Rung, ...], now: datetime) -> Climb:
    """The first call. A ladder has at least one rung."""
    return _climb(rungs, 0, now)


def next_rung(
    rungs: tuple[Rung, ...], called: int, due_at: datetime | None, acknowledged: bool, now: datetime
) -> Climb | None:
    """The call that is due at `now`, or None.

    `called` is the last rung called. After downtime only the one rung that is due by now is called: those who were
    skipped would be asked about something that is already somebody else's.
    """
    if acknowledged or due_at is None or now < due_at:
        return None
    rung, when = called + 1, due_at
    while rung + 1 < len(rungs) and when + rungs[rung].wait <= now:
        when += rungs[rung].wait
        rung += 1
    return _climb(rungs, rung, now) if rung < len(rungs) else None


def skip_rung(rungs: tuple[Rung, ...], called: int, now: datetime) -> Climb | None:
    """Climb at once because nobody on this rung can be reached; None where it was the last."""
    return _climb(rungs, called + 1, now) if called + 1 < len(rungs) else None


def _climb(rungs: tuple[Rung, ...], rung: int, now: datetime) -> Climb:
    last = rung + 1 >= len(rungs)
    return Climb(rung, rungs[rung].who, None if last else now + rungs[rung].wait)
