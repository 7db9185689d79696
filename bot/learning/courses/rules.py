"""Whom a course binds, until when something counts, when to remind, what an exam draws and whether it is passed. Pure."""

from __future__ import annotations

import hashlib
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import get_month_names

from bot.i18n.languages import LANGUAGES
from bot.learning.courses.model import STANDING, Binding, Cause, Completion, Course, Exam, Given, Standing

EVENT = timedelta(days=30)
"""So long after a change of post or a return it is still acted on: the program may have been away."""
GRACE = timedelta(days=3)
"""Nobody is given less time than this, whatever the rule says."""
SHORTLY_BEFORE = timedelta(days=3)
AFTERWARDS = timedelta(days=7)
LICENCE_AHEAD = (timedelta(days=30), timedelta(days=7))
"""How long before a licence runs out its holder hears of it."""


@dataclass(frozen=True)
class Reach:
    """Whom a binding reaches, looked up in the company: posts and unit paths; None: all of them."""

    posts: frozenset[str] | None
    paths: tuple[str, ...] | None


def reach(binding: Binding, topics: Mapping[str, Iterable[str]], paths: Mapping[str, str]) -> Reach:
    """A binding as posts and paths. `topics` are those of each post, `paths` those of units by code."""
    posts: frozenset[str] | None = None
    if binding.posts or binding.topics:
        exposed = {post for post, of in topics.items() if set(of) & set(binding.topics)}
        posts = frozenset({*binding.posts, *exposed})
    units = tuple(paths[code] for code in binding.units if code in paths) if binding.units else None
    return Reach(posts, units)


def reaches(to: Reach, post: str, path: str) -> bool:
    """Whether somebody with this post in this unit is meant."""
    return (to.posts is None or post in to.posts) and (to.paths is None or path.startswith(to.paths))


def standing(course: Course) -> tuple[Binding, ...]:
    """The rules of a course that last as long as they hold."""
    return tuple(each for each in course.binds if each.cause in STANDING)


def due_on(binding: Binding, on: date, since: date) -> date:
    """Until when it must be done: counted from `since` (the day they joined, it ran out, ...), never sooner than GRACE."""
    ends = since if binding.cause is Cause.EXPIRED else since + timedelta(days=binding.days)
    return max(ends, on + GRACE)


def plus_months(on: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def expires_on(course: Course, completed_on: date) -> date | None:
    """The last day on which a course counts that was done on a day."""
    return None if course.months is None else plus_months(completed_on, course.months)


def away_long(starts_at: datetime, ends_at: datetime, months: int) -> bool:
    """Whether an absence was at least so many months long."""
    return plus_months(starts_at.date(), months) <= ends_at.date()


def next_reminder(given: Given, on: date) -> date:
    """When somebody hears of a course again, after a reminder on a day: shortly before its day, then weekly after it."""
    for at in (given.due_on - SHORTLY_BEFORE, given.due_on + timedelta(days=1)):
        if on < at:
            return at
    return on + AFTERWARDS


def licence_reminder(expires: date, on: date) -> date | None:
    """When the holder of a licence hears of its end, from a day on; None where there is nothing more to say."""
    return next((expires - ahead for ahead in LICENCE_AHEAD if expires - ahead > on), None)


def first_licence_reminder(expires: date, on: date) -> date:
    """The first one: at once where the end is near already."""
    return licence_reminder(expires, on) or max(on, expires - LICENCE_AHEAD[-1])


def draw(ids: Sequence[str], most: int, seed: str) -> list[str]:
    """Some of these, others for each seed, always the same for one."""
    return sorted(ids, key=lambda id: hashlib.sha256(f"{seed}:{id}".encode()).digest())[:most]


def allowed(exam: Exam, percent: int) -> timedelta:
    """The time for an exam, with so much more of it."""
    return timedelta(seconds=exam.minutes * 60 * (100 + percent) // 100)


def passes(right: int, of: int, mark: int) -> bool:
    """Whether so many right answers reach the mark, in percent. Nothing asked is nothing passed."""
    return of > 0 and 100 * right >= mark * of


def tries_left(exam: Exam, given: Given, used: int) -> int:
    """How often the exam may still be tried."""
    return max(0, exam.tries + given.tries_added - used)


def stands(needed: bool, done: Sequence[Completion], open_: Given | None, on: date) -> Standing:
    """Somebody and a course on a day. `done`: all they had completed of it by then, oldest first."""
    counting = [each for each in done if each.expires_on is None or each.expires_on >= on]
    best = max(counting, key=lambda each: (each.expires_on or date.max, each.completed_on), default=None)
    lapsed = done[-1] if done and best is None else None
    return Standing(needed or open_ is not None, best, open_.due_on if open_ else None, on, lapsed)


_ISO = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_DOTTED = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})$")
_NAMED = re.compile(r"(\d{1,2})\.?\s+(?:de\s+)?([^\W\d_]{3,})\.?(?:\s+(?:de\s+)?(\d{4})(?:\s*(?:г\.?|года))?)?$")


def split_date(words: str, today: date) -> tuple[str, date | None]:
    """What somebody typed, without the date at its end, and that date: `2026-03-03`, `3.3.2026`, `3 March`, `2026年3月3日`.

    A day without a year is the last one there was. With slashes (3/4/2026) the day must be recognisable: 4 March or 3 April?
    """
    for pattern in (_ISO, _DOTTED, _NAMED):
        found = pattern.search(words.strip())
        if found is not None:
            on = _date(pattern, found, today)
            if on is not None:
                return words.strip()[: found.start()].strip(), on
    return words.strip(), None


def _date(pattern: re.Pattern[str], found: re.Match[str], today: date) -> date | None:
    if pattern is _ISO:
        return _real(found[1], found[2], found[3])
    if pattern is _DOTTED:
        day, month = (found[1], found[2]) if int(found[2]) <= 12 else (found[2], found[1])
        clear = "/" not in found[0] or int(day) > 12 or day == month
        return _real(found[3], month, day) if clear else None
    number = _month(found[2])
    if number is None:
        return None
    if found[3]:
        return _real(found[3], number, found[1])
    on = _real(today.year, number, found[1])
    return on if on is None or on <= today else _real(today.year - 1, number, found[1])


def _month(word: str) -> int | None:
    for lang in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=lang).items():
                if str(name).rstrip(".").casefold() == word.casefold():
                    return int(number)
    return None


def _real(year: int | str, month: int | str, day: int | str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
