"""Which plan goes first, how one stands on a day, what is offered to choose, when a lesson then goes out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.kit.clock import instant, local_date
from bot.kit.quiet import QuietHours, quiet_ends
from bot.learning.plans.model import Closed, Plan, Standing, Terms, What
from bot.learning.rules import AFTER_START, WINDOW, in_shift
from bot.people.model import Shift

WEEKS = (1, 2, 4, 8, 13)
"""For how many weeks a plan is offered; any last day can be typed."""
USUAL_WEEKS = 4
HOURS = tuple(time(hour) for hour in range(6, 21))
DAYS = ("12345", "135", "24", "1", "1234567")
"""Weekdays that are chosen by one tap; single ones by one tap each."""
COURSE_DAYS = timedelta(days=30)
"""How long people have for a course that is planned without a last day."""
PATIENCE = timedelta(hours=2)
"""How long a typed word counts as meant for a plan that lies open."""


def order(plan: Plan) -> tuple[int, bool, int]:
    """Which of several plans for somebody goes first: that of the nearer unit, the one for their post, the newer."""
    return (-plan.path.count("/"), not plan.terms.posts, -plan.id)


def covers(plan: Plan, path: str, post: str) -> bool:
    """Whether a plan is for somebody who works here as this."""
    return path.startswith(plan.path) and (not plan.terms.posts or post in plan.terms.posts)


def rests(plans: Iterable[Plan], on: date) -> bool:
    """Whether plans for somebody (in their order) say that this is a day without a lesson."""
    held = [each for each in plans if each.holds(on)]
    daily = next((each for each in held if each.terms.what is What.DAILY), None)
    others = any(each.comes(on) for each in held if each.terms.what is not What.DAILY)
    return daily is not None and not daily.comes(on) and not others


def hour(plans: Iterable[Plan], on: date) -> time | None:
    """The hour that plans for somebody (in their order) name for a day: what comes first goes before the daily lesson."""
    found = [each for each in plans if each.comes(on) and each.terms.at is not None]
    found.sort(key=lambda each: each.terms.what is What.DAILY)
    return found[0].terms.at if found else None


def standing(newest: Plan, on: date) -> Standing:
    """How a plan stands on a day, by its newest terms."""
    if newest.closed_as is Closed.PAUSED and (newest.terms.until_on is None or on < newest.terms.until_on):
        return Standing.PAUSED
    if newest.closed_as is not None or (newest.ends_on is not None and newest.ends_on <= on):
        return Standing.ENDED
    return Standing.RUNNING if newest.terms.starts_on <= on else Standing.WAITING


def begins_again(terms: Terms, today: date) -> date:
    """From when terms hold that are taken up today: not before the day that was decided."""
    return max(terms.starts_on, today)


def toggled(days: str, day: str) -> str:
    """Weekdays with one more or one less; at least one stays."""
    found = set(days) ^ {day}
    return "".join(sorted(found)) if found else days


def due(until_on: date | None, on: date) -> date:
    """Until when a course is to be done that a plan gives on a day: its last day, or so many days from then."""
    return until_on - timedelta(days=1) if until_on is not None else on + COURSE_DAYS


class By(StrEnum):
    """What decides when somebody's lesson comes."""

    PLAN = "plan"
    OWN = "own"
    SHIFT = "shift"
    USUAL = "usual"
    QUIET = "quiet"
    """Their quiet hours: it waits until these end."""
    NEVER = "never"
    """Their quiet hours last to the day's end: it waits under Today."""


@dataclass(frozen=True)
class Alike:
    """People whose lesson comes at the same time: their zone, the shift they work that day, the hour they chose."""

    zone: str
    shift: Shift | None
    own: time | None
    quiet: QuietHours


def goes_at(on: date, who: Alike, at: time | None, usual: time) -> tuple[datetime | None, By]:
    """When the lesson of a date goes out to people, and what decides it. `at` is the plan's hour."""
    if who.shift is not None:
        inside = in_shift(who.shift, on, at, who.zone) if at is not None else None
        starts = instant(on, who.shift.starts, who.zone) + AFTER_START
        return (starts, By.SHIFT) if inside is None else (inside, By.PLAN)
    wall, by = (who.own, By.OWN) if who.own else (at, By.PLAN) if at else (usual, By.USUAL)
    wanted = instant(on, wall, who.zone)
    goes = quiet_ends(who.quiet, wanted)
    if local_date(goes, who.zone) != on:
        return None, By.NEVER
    return goes, (By.QUIET if goes > wanted else by)


def still(at: datetime, now: datetime) -> datetime | None:
    """When it really goes that was to go at an instant: at once where that is just past; None where it is too late."""
    if at >= now:
        return at
    return now if now < at + WINDOW else None


def dates(terms: Terms, since: date, most: int) -> list[date]:
    """The next days on which a plan comes."""
    first = max(since, terms.starts_on)
    days = (first + timedelta(days=ahead) for ahead in range(most))
    last = terms.until_on
    return [day for day in days if str(day.isoweekday()) in terms.days and (last is None or day < last)]


def next_year(on: date) -> date:
    """The same day of the next year; 28 February where there is no 29th."""
    last = on.month == 2 and on.day == 29
    return on.replace(year=on.year + 1, day=28 if last else on.day)
