"""The parts of a plan, each as it is chosen by a button or typed: terms and a word in, other terms out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.learning.courses.rules import split_date
from bot.learning.plans import deciding, reach, rules, showing
from bot.learning.plans.model import EVERY_DAY, Terms
from bot.learning.plans.showing import Desk

_TIME = re.compile(r"(\d{1,2})(?:[:.h ](\d{2}))?$")


def read_hour(words: str) -> time | None:
    """`9`, `9:30`, `14.05`; None where it is no time of day."""
    found = _TIME.match(words.strip())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return time(int(found[1]), int(found[2] or 0))


def read_day(words: str, today: date) -> date | None:
    """A day from today on; one without a year is the next that there is."""
    rest, on = split_date(words, today)
    if rest or on is None:
        return None
    if on < today and str(on.year) not in words:
        on = rules.next_year(on)
    return on if on >= today else None


Chooser = Callable[[Session, Desk, Terms, str, datetime], Terms]


def _which(session: Session, at: Desk, terms: Terms, word: str, now: datetime) -> Terms:
    known = [code for code, _ in showing.offered(session, at, terms.what)]
    if word not in known:
        raise Refused("delivery.stale")
    return replace(terms, which=word)


def _unit(session: Session, at: Desk, terms: Terms, word: str, now: datetime) -> Terms:
    unit = deciding.unit(session, at.viewer, int(word) if word.isdigit() else 0)
    there = set(reach.posts_there(session, unit, at.today))
    return replace(terms, unit=unit.id, posts=tuple(post for post in terms.posts if post in there))


def _post(session: Session, at: Desk, terms: Terms, word: str, now: datetime) -> Terms:
    known = reach.posts_there(session, deciding.unit(session, at.viewer, terms.unit), at.today)
    if word == "all":
        return replace(terms, posts=())
    if not word.isdigit() or int(word) >= len(known):
        raise Refused("delivery.stale")
    return replace(terms, posts=tuple(sorted(set(terms.posts) ^ {known[int(word)]})))


def _days(session: Session, at: Desk, terms: Terms, word: str, now: datetime) -> Terms:
    if not word or not set(word) <= set(EVERY_DAY):
        raise Refused("delivery.stale")
    return replace(terms, days="".join(sorted(set(word))))


def _day(session: Session, at: Desk, terms: Terms, word: str, now: datetime) -> Terms:
    if len(word) != 1 or word not in EVERY_DAY:
        raise Refused("delivery.stale")
    return replace(terms, days=rules.toggled(terms.days, word))


def _hour(session: Session, at: Desk, terms: Terms, word: str, now: datetime) -> Terms:
    hour = None if word == "own" else read_hour(f"{word[:2]}:{word[2:]}")
    if hour is None and word != "own":
        raise Refused("delivery.stale")
    return replace(terms, at=hour)


def _from(session: Session, at: Desk, terms: Terms, word: str, now: datetime) -> Terms:
    unit = deciding.unit(session, at.viewer, terms.unit)
    on = read_day(word, local_date(now, unit.zone))
    if on is None:
        raise Refused("delivery.stale")
    return starting(terms, on)


def starting(terms: Terms, on: date) -> Terms:
    """From another day on, for as long as before."""
    lasts = terms.until_on - terms.starts_on if terms.until_on is not None else None
    return replace(terms, starts_on=on, until_on=on + lasts if lasts is not None else None)


def _until(session: Session, at: Desk, terms: Terms, word: str, now: datetime) -> Terms:
    if not word.isdigit() or (int(word) and int(word) not in rules.WEEKS):
        raise Refused("delivery.stale")
    return replace(terms, until_on=terms.starts_on + timedelta(weeks=int(word)) if int(word) else None)


CHOOSE: dict[str, Chooser] = {
    "which": _which, "unit": _unit, "post": _post, "days": _days, "day": _day, "hour": _hour, "from": _from, "until": _until,
}  # fmt: skip
