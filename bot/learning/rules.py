"""When a push is due, which questions come, what an answer does to memory. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fsrs import Card, Rating, Scheduler
from fsrs import State as CardState

from bot.kit.clock import instant, local
from bot.kit.quiet import QuietHours, is_quiet
from bot.learning.model import Memory
from bot.people.model import Shift

AFTER_START = timedelta(minutes=30)
"""How long after the beginning of their shift people get their lesson."""
WINDOW = timedelta(hours=4)
"""How late a push may come; later it is left to the next day."""
LATER = timedelta(hours=2)
QUESTIONS = 3
"""Questions after a lesson; with the lesson they take less than three minutes."""
REVIEWS_WITH_NEW = 1
"""So many repeats come first while there is something that was never asked. With repeats before all else a large bank is never

asked to its end, because they fill every day: after a year people knew less than with questions at random
(`python -m bench retention`).
"""
TAKE_BACK = timedelta(seconds=30)

_scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


@dataclass(frozen=True)
class WorkedShift:
    """A shift whose people are due now: it began on the local date `on`."""

    code: str
    on: date
    ends_at: datetime


@dataclass(frozen=True)
class DueNow:
    """Who is due in one time zone: people without a shift with `after` < push time <= `until`, and these shifts'."""

    zone: str
    today: date
    after: time | None
    """None: from midnight."""
    until: time
    day_ends_at: datetime
    shifts: tuple[WorkedShift, ...]


def due_now(zone: str, shifts: Mapping[str, Shift], now: datetime) -> DueNow:
    """Which push times and shifts are due at this instant in a zone."""
    here = local(now, zone)
    today, wall = here.date(), here.time()
    midnight = datetime.combine(today, time())
    earliest = datetime.combine(today, wall) - WINDOW
    worked = []
    for shift in shifts.values():
        for on in (today, today - timedelta(days=1)):
            starts = instant(on, shift.starts, zone)
            ends = instant(on + timedelta(days=shift.ends <= shift.starts), shift.ends, zone)
            if starts + AFTER_START <= now < min(starts + AFTER_START + WINDOW, ends):
                worked.append(WorkedShift(shift.code, on, ends))
    after = earliest.time() if earliest >= midnight else None
    return DueNow(zone, today, after, wall, instant(today + timedelta(days=1), time(), zone), tuple(worked))


def later_at(now: datetime, expires_at: datetime, quiet: QuietHours) -> datetime | None:
    """When to ask once more; None where that would be too late today, or would disturb."""
    at = now + LATER
    return None if at >= expires_at or is_quiet(quiet, at) else at


def compose(due: Sequence[str], own: Sequence[str], new: Sequence[str]) -> list[str]:
    """The questions of one sitting: what is due for repeating first, then the lesson's own, then others never asked.

    While there is something new, repeats leave it all places but REVIEWS_WITH_NEW; what it does not need they get back.
    """
    repeats = list(dict.fromkeys(due))
    fresh = [each for each in dict.fromkeys([*own, *new]) if each not in repeats]
    kept = min(len(fresh), QUESTIONS - min(len(repeats), REVIEWS_WITH_NEW))
    return [*repeats[: QUESTIONS - kept], *fresh[:kept]]


def remember(before: Memory | None, right: bool, now: datetime) -> Memory:
    """Memory after an answer. The first one makes it; right is FSRS's Good, wrong is Again."""
    card = Card(card_id=1, due=now)
    if before is not None:
        card = Card(
            card_id=1,
            state=CardState.Review,
            stability=before.stability,
            difficulty=before.difficulty,
            due=before.due_at,
            last_review=before.reviewed_at,
        )
    card, _ = _scheduler.review_card(card, Rating.Good if right else Rating.Again, now)
    assert card.stability is not None
    assert card.difficulty is not None
    reps, lapses = (before.reps, before.lapses) if before else (0, 0)
    return Memory(card.stability, card.difficulty, card.due, now, reps + 1, lapses + (not right))
