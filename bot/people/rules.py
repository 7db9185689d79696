"""Who is at work, and who is called first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import nsmallest

from bot.kit.clock import instant, local
from bot.people.model import Grant, Person, Shift, Unit

WORKDAYS = "12345"
"""On which weekdays people work where nobody said otherwise: Monday to Friday."""


@dataclass(frozen=True)
class Presence:
    """What is known of somebody's day: their shift today and yesterday (None: none), and whether they are away."""

    today: Shift | None
    yesterday: Shift | None
    away: bool


MOST_CHOICES = 150
"""So many units stand in a choice on a page; of more, whoever looks gives a part of the name."""


def choices(units: Sequence[Unit], find: str, most: int = MOST_CHOICES) -> list[Unit]:
    """Of many units the widest, or those whose name in any language holds some words; in the order of the company."""
    wanted = find.strip().casefold()
    fit = [u for u in units if not wanted or any(wanted in name.casefold() for name in (u.name, *u.names.values()))]
    some = nsmallest(most, fit, key=lambda unit: (unit.path.count("/"), unit.path))
    return sorted(some, key=lambda unit: unit.path)


MOST_NEAR = 8


def near(units: Iterable[Unit], paths: Sequence[str], own: str) -> list[Unit]:
    """The units that somebody is likely to mean, smallest first: under some paths their own up to the widest, and those named."""
    found = [
        unit
        for unit in units
        if unit.path.startswith(tuple(paths)) and (own.startswith(unit.path) or unit.path in paths)
    ]
    return sorted(found, key=lambda unit: (-unit.path.count("/"), unit.path))[:MOST_NEAR]


def within(grants: Iterable[Grant], units: Sequence[tuple[int, str]]) -> tuple[Grant, ...]:
    """Roles cut down to some units (id and path): a contractor firm's people lead their own, whatever a role is given over."""
    found = dict.fromkeys(
        grant if grant.path.startswith(path) else Grant(grant.role, id, path)
        for grant in grants
        for id, path in units
        if grant.path.startswith(path) or path.startswith(grant.path)
    )
    return tuple(found)


def works_on(day: date, workdays: str, *, listed: bool, shift: str | None, special: bool | None = None) -> bool:
    """Whether somebody works on a date: what a roster lists for it goes first (an empty shift is a day off).

    Where it lists nothing, a public holiday (or a day worked in its place) of their unit decides (`special`: whether it is
    worked, None on a usual day), then the weekdays on which their unit works (`workdays`: "12345" is Monday to Friday).
    """
    if listed:
        return bool(shift)
    return str(day.isoweekday()) in workdays if special is None else special


def shift_window(shift: Shift, at: datetime, zone: str, days_back: int = 0) -> tuple[datetime, datetime]:
    """The instants between which a shift that begins today (or `days_back` days ago) is worked."""
    day = local(at, zone).date() - timedelta(days=days_back)
    starts = instant(day, shift.starts, zone)
    ends = instant(day + timedelta(days=shift.ends <= shift.starts), shift.ends, zone)
    return starts, ends


def on_shift(presence: Presence, at: datetime, zone: str) -> bool:
    """Whether somebody works at this instant, a night shift that began yesterday included."""
    if presence.away:
        return False
    for shift, back in ((presence.today, 0), (presence.yesterday, 1)):
        if shift is not None:
            starts, ends = shift_window(shift, at, zone, back)
            if starts <= at < ends:
                return True
    return False


def calling_order(people: Iterable[tuple[Person, Presence, int]], at: datetime) -> list[Person]:
    """Whom to call first: at work before off work, nearer unit before farther; those away or gone not at all.

    Each entry carries the distance in levels between the place and the unit their role is over.
    """
    able = [(p, presence, far) for p, presence, far in people if not presence.away and p.left_on is None]
    able.sort(
        key=lambda entry: (
            entry[0].unreachable_at is not None,
            entry[2],
            not on_shift(entry[1], at, entry[0].zone),
            entry[0].id,
        )
    )
    return [p for p, _, _ in able]
