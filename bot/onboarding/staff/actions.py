"""Changing one person by hand: as an import with one row does it, with the same facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.onboarding.importing import record_changes
from bot.onboarding.staff import store
from bot.onboarding.staff.model import BADGE, NAME, PERSON_CORRECTED, Member, Wished
from bot.people import store as people
from bot.people.company import named_units
from bot.people.importing.apply import apply_plan
from bot.people.importing.plan import Entry, Existing, Plan
from bot.people.model import Unit, Viewer

FAR = 366 * 2


def add(session: Session, by: Viewer, wished: Wished, now: datetime) -> int:
    """Somebody new; answers their number. Raises Refused, beside the field that is wrong."""
    today = now.date()
    entry = _entry(session, by, wished)
    if not entry.badge or len(entry.badge) > BADGE:
        raise Refused("onboarding.staff.bad_badge", most=BADGE).beside("badge")
    if store.badge_is_taken(session, entry.badge):
        raise Refused("onboarding.staff.badge_taken", badge=entry.badge).beside("badge")
    if abs((wished.joined_on - today).days) > 50 * 366 or (wished.joined_on - today).days > FAR:
        raise Refused("onboarding.staff.bad_day").beside("joined_on")
    applied = apply_plan(session, Plan(joins=(entry,)), today, now)
    record_changes(session, applied, now)
    return applied.joined[0]


def move(session: Session, by: Viewer, id: int, wished: Wished, now: datetime) -> None:
    """Somebody has another unit or post from today on; their name and usual shift are put right.

    Refused: to whoever does not look after the people of both units.
    """
    who, today = _mine(session, by, id, now), now.date()
    entry = _entry(session, by, replace(wished, badge=who.badge, lang=who.lang, joined_on=who.joined_on))
    was = _existing(session, who)
    moved = (was.unit, was.post) != (entry.unit, entry.post)
    righted = (was.name, was.shift) != (entry.name, entry.shift)
    if moved and who.joined_on > today:
        raise Refused("onboarding.staff.not_begun").beside("unit")
    if not (moved or righted):
        raise Refused("onboarding.staff.nothing_new")
    pairs = ((was, entry),)
    plan = Plan(moves=pairs if moved else (), changes=pairs if righted else ())
    record_changes(session, apply_plan(session, plan, today, now), now)
    if righted:
        _corrected(session, who, now)


def leave(session: Session, by: Viewer, id: int, on: date | None, now: datetime) -> None:
    """Somebody's last day: past or today ends it at once, a later one is noted (None: it is taken back).

    Refused: for oneself, and for an administrator to whoever is none.
    """
    who, today = _mine(session, by, id, now), now.date()
    if who.id == by.person:
        raise Refused("onboarding.staff.not_yourself")
    if store.is_admin(session, who.id, now) and not store.is_admin(session, by.person, now):
        raise Refused("onboarding.staff.an_admin")
    if on is not None and (on < who.joined_on or (on - today).days > FAR):
        raise Refused("onboarding.staff.bad_day").beside("on")
    if on == who.leaves_on:
        raise Refused("onboarding.staff.nothing_new").beside("on")
    was = _existing(session, who)
    gone = on is not None and on <= today
    plan = Plan(leaves=((was, on),)) if gone and on else Plan(announced=((was, on),))
    record_changes(session, apply_plan(session, plan, today, now), now)
    if not gone:
        _corrected(session, who, now)


def _corrected(session: Session, who: Member, now: datetime) -> None:
    key = f"corrected:{who.id}:{now.isoformat()}"
    record(session, Fact(PERSON_CORRECTED, key, now, who.id, who.unit, who.post), now)


def _mine(session: Session, by: Viewer, id: int, now: datetime) -> Member:
    people.lock_person(session, id)
    who = store.member(session, by, id, now.date())
    if who is None or not by.holds(store.CHANGES, who.path):
        raise Refused("onboarding.staff.not_yours")
    return who


def _entry(session: Session, by: Viewer, wished: Wished) -> Entry:
    unit = unit_of(session, by, wished.unit)
    name = " ".join(wished.name.split())
    if not 0 < len(name) <= NAME:
        raise Refused("onboarding.staff.bad_name", most=NAME).beside("name")
    known = {row.code for row in store.posts(session)}
    post = " ".join(wished.post.split())
    if not 0 < len(post) <= 80 or (known and post not in known):
        raise Refused("onboarding.staff.bad_post").beside("post")
    if wished.shift is not None and wished.shift not in {row.code for row in store.shifts(session)}:
        raise Refused("onboarding.staff.bad_shift").beside("shift")
    if wished.lang not in LANGUAGES:
        raise Refused("onboarding.staff.bad_language").beside("lang")
    badge = " ".join(wished.badge.split())
    return Entry(
        badge, name, wished.lang, _name(session, unit), post, frozenset(), wished.shift, wished.joined_on, None
    )


def unit_of(session: Session, by: Viewer, id: int) -> Unit:
    """A unit whose people somebody may change. Raises Refused."""
    unit = people.unit(session, id)
    if unit is None or not by.holds(store.CHANGES, unit.path):
        raise Refused("onboarding.staff.not_your_unit").beside("unit")
    return unit


def _existing(session: Session, who: Member) -> Existing:
    unit = people.unit(session, who.unit)
    name = _name(session, unit) if unit else ""
    return Existing(who.id, who.badge, who.name, name, who.post, who.shift, None, who.leaves_on, frozenset())


def _name(session: Session, unit: Unit) -> str:
    return next(name for name, each in named_units(session).items() if each.id == unit.id)
