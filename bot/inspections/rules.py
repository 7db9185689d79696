"""Decisions about inspections: how an answer counts, when it is due, what is drawn. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from bot.inspections.model import Inspection, Item, Kind, Outcome, Photo, State
from bot.kit.clock import instant, local_date

MOST_ITEMS, MOST_WORDS, MOST_LABEL = 80, 300, 40
MOST_NOTE = 1000
MOST_PER_WEEK = 10
PATIENCE = timedelta(hours=4)
"""After so long without an answer, what somebody writes is a new matter and no note to an item."""
HANDED_AFTER = timedelta(minutes=10)
"""A fail that nobody went on from is handed over then, as it is."""
ANSWER_WITHIN = timedelta(hours=24)
"""So long there is time to look for what was learned elsewhere."""
SPOT_WITHIN = timedelta(hours=3)
SIGNS_AFTER = timedelta(minutes=2)
SPOT_HOURS = range(7, 16)
"""The local hours at which a random check can begin."""


def number_of(words: str) -> float | None:
    """What somebody typed as a number, with a comma or a point; None for anything else."""
    try:
        found = float(words.strip().replace(",", ".").replace("\u066b", "."))
    except ValueError:
        return None
    return found if abs(found) < 1e12 else None  # not a number and the infinite are refused by this too


def judge(item: Item, value: str) -> Outcome | None:
    """How an answer counts: `pass`, `fail`, `na`, a number, or a choice by its place; None where it is no answer to the item."""
    if value == Outcome.NA:
        return Outcome.NA if item.optional else None
    if item.kind is Kind.PASS:
        return Outcome(value) if value in tuple(Outcome) else None
    if item.kind is Kind.CHOICE:
        if not (value.isascii() and value.isdigit() and int(value) < len(item.choices)):
            return None
        return Outcome.FAIL if item.choices[int(value)].fails else Outcome.PASS
    if item.kind is Kind.NUMBER:
        found = number_of(value)
        if found is None:
            return None
        too_low = item.low is not None and found < item.low
        return Outcome.FAIL if too_low or (item.high is not None and found > item.high) else Outcome.PASS
    return Outcome.PASS if value.strip() else None


def wants_more(item: Item, outcome: Outcome, photos: int) -> bool:
    """Whether words or a photo are asked for before the next item: after a fail always, else where a photo is wanted."""
    if outcome is Outcome.NA:
        return False
    if outcome is Outcome.FAIL:
        return True
    return item.photo is Photo.YES and photos == 0


def photo_owed(item: Item, outcome: Outcome, photos: int) -> bool:
    """Whether a photo must still come, or be said to be impossible."""
    if outcome is Outcome.NA or photos:
        return False
    return item.photo is Photo.YES or (item.photo is Photo.ON_FAIL and outcome is Outcome.FAIL)


def occurrence(days: str, minute: int, zone: str, within: timedelta, now: datetime) -> tuple[date, datetime] | None:
    """The day and moment of a plan that is due now and not yet over; None where there is none."""
    for on in (local_date(now, zone), local_date(now, zone) - timedelta(days=1)):
        at = instant(on, time(minute // 60, minute % 60), zone)
        if str(on.isoweekday()) in days and at <= now < at + within:
            return on, at
    return None


def is_late(found: Inspection, now: datetime) -> bool:
    """Whether an inspection that is not done has passed its time."""
    over = found.answer_by is not None and found.answer_by <= now
    return over and found.missed_at is None and found.state in (State.DUE, State.RUNNING)


def turn(candidates: Sequence[int], on: date) -> int | None:
    """Whose turn it is on a day: one after the other, so that not always the same one goes."""
    return candidates[on.toordinal() % len(candidates)] if candidates else None


# --- random checks ----------------------------------------------------------------------------------------------------


def week_of(on: date) -> str:
    """`2026-W48`."""
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02}"


def monday(week: str) -> date:
    """The first day of a week."""
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def week_seed(seed: str, week: str) -> str:
    """The seed of one week, which can be told afterwards and gives no other week away."""
    return hmac.new(bytes.fromhex(seed), week.encode(), hashlib.sha256).hexdigest()


def slots(
    week: str, workdays: str, places: Iterable[int], begins: datetime | None = None, zone: str = "UTC"
) -> list[str]:
    """What a week's checks are drawn from: every working day, hour and place, as `2026-11-23T07/4`. Without places, `/0`."""
    first = monday(week)
    days = [first + timedelta(days=at) for at in range(7) if str(at + 1) in workdays]
    made = [(day, hour) for day in days for hour in SPOT_HOURS]
    if begins is not None:
        made = [(day, hour) for day, hour in made if instant(day, time(hour), zone) > begins]
    named = sorted(places) or [0]
    return [f"{day.isoformat()}T{hour:02}/{place}" for day, hour in made for place in named]


def draw(seed: str, among: Sequence[str], count: int) -> list[str]:
    """Draws without putting back: each slot gets a ticket made of the seed and its name, the lowest tickets win.

    A day that has one check is drawn again only when every day has one: else chance could heap them on one morning.
    """
    tickets = sorted(among, key=lambda slot: hashlib.sha256(f"{seed} {slot}".encode()).digest())
    drawn: list[str] = []
    while tickets and len(drawn) < count:
        used: set[str] = set()
        for slot in list(tickets):
            if slot[:10] not in used and len(drawn) < count:
                used.add(slot[:10])
                drawn.append(slot)
                tickets.remove(slot)
    return sorted(drawn)


def slot_of(slot: str) -> tuple[date, int, int | None]:
    """A slot's day, hour and place."""
    when, _, place = slot.partition("/")
    return date.fromisoformat(when[:10]), int(when[11:]), int(place) or None
