"""When a push is due, which questions come, what an answer does to memory. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fsrs import Card, Rating, Scheduler
from fsrs import State as CardState

from bot.kit.clock import instant, local
from bot.kit.quiet import QuietHours, is_quiet
from bot.learning.model import Memory
from bot.library.lesson_checks import MAX_SECONDS
from bot.people.model import Shift

AFTER_START = timedelta(minutes=30)
"""How long after the beginning of their shift people get their lesson."""
WINDOW = timedelta(hours=4)
"""How late a push may come; later it is left to the next day."""
LATER = timedelta(hours=2)
BUDGET = timedelta(minutes=3)
"""What a day's lesson with its questions may take."""
ANSWER = timedelta(seconds=40)
"""What a question takes, with reading what is right: an allowance for slow readers and for kinds of several taps."""
QUESTIONS = int((BUDGET - timedelta(seconds=MAX_SECONDS)) / ANSWER)
"""Questions after a lesson of the longest length; on days without a lesson no more."""
REVIEWS_WITH_NEW = 1
"""So many repeats come first while there is something that was never asked. With repeats before all else a large bank is never

asked to its end, because they fill every day: after a year people knew less than with questions at random
(`python -m bench retention`).
"""
TAKE_BACK = timedelta(seconds=30)

NO_HOURS: Mapping[date, Collection[time]] = {}

_scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


@dataclass(frozen=True)
class WorkedShift:
    """A shift whose people are due now: it began on the local date `on`.

    `at`: only those for whom a plan names this hour. Without one: those for whom none of the hours `besides` is named.
    """

    code: str
    on: date
    ends_at: datetime
    at: time | None = None
    besides: tuple[time, ...] = ()


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

    def due(self, hour: time) -> bool:
        """Whether the time has come, and is not over, of people without a shift who get it at this hour."""
        return hour <= self.until and (self.after is None or hour > self.after)


def due_now(
    zone: str, shifts: Mapping[str, Shift], now: datetime, hours: Mapping[date, Collection[time]] = NO_HOURS
) -> DueNow:
    """Which push times and shifts are due at this instant in a zone. `hours`: those that plans name for a date."""
    here = local(now, zone)
    today, wall = here.date(), here.time()
    midnight = datetime.combine(today, time())
    earliest = datetime.combine(today, wall) - WINDOW
    worked = []
    for shift in shifts.values():
        for on in (today, today - timedelta(days=1)):
            _, ends = span(shift, on, zone)
            inside = {hour: at for hour in sorted(hours.get(on, ())) if (at := in_shift(shift, on, hour, zone))}
            usual = instant(on, shift.starts, zone) + AFTER_START
            if usual <= now < min(usual + WINDOW, ends):
                worked.append(WorkedShift(shift.code, on, ends, None, tuple(inside)))
            for hour, at in inside.items():
                if at <= now < min(at + WINDOW, ends):
                    worked.append(WorkedShift(shift.code, on, ends, hour))
    after = earliest.time() if earliest >= midnight else None
    return DueNow(zone, today, after, wall, instant(today + timedelta(days=1), time(), zone), tuple(worked))


def span(shift: Shift, on: date, zone: str) -> tuple[datetime, datetime]:
    """The instants between which a shift is worked that begins on a date."""
    ends = instant(on + timedelta(days=shift.ends <= shift.starts), shift.ends, zone)
    return instant(on, shift.starts, zone), ends


def in_shift(shift: Shift, on: date, hour: time, zone: str) -> datetime | None:
    """When it is this hour within a shift that begins on a date; None where it lies outside."""
    starts, ends = span(shift, on, zone)
    return next((at for day in (on, on + timedelta(days=1)) if starts <= (at := instant(day, hour, zone)) < ends), None)


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
