"""Quiet hours: when a person is not to be rung for what can wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.kit.clock import instant, local


@dataclass(frozen=True)
class QuietHours:
    """From `start` (inclusive) to `end` (exclusive) on the person's wall clock; may span midnight; equal = never quiet."""

    start: time
    end: time
    zone: str


def is_quiet(quiet: QuietHours, at: datetime) -> bool:
    """Whether an instant falls into somebody's quiet hours."""
    wall = local(at, quiet.zone).time()
    if quiet.start == quiet.end:
        return False
    if quiet.start < quiet.end:
        return quiet.start <= wall < quiet.end
    return wall >= quiet.start or wall < quiet.end


def quiet_ends(quiet: QuietHours, at: datetime) -> datetime:
    """The first instant at or after `at` that is not quiet."""
    if not is_quiet(quiet, at):
        return at
    day = local(at, quiet.zone).date()
    end = instant(day, quiet.end, quiet.zone)
    return end if end > at else instant(day + timedelta(days=1), quiet.end, quiet.zone)
