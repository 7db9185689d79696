"""Clearance for other programs, as a gate asks: may this person work, and what is missing. As of any instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.endpoints import (
    Asked,
    Badge,
    Call,
    Endpoint,
    Event,
    Given,
    Instant,
    Labelled,
    Number,
    Paged,
    Rows,
    Scope,
    Who,
)
from bot.learning.induction import model, store
from bot.learning.induction.model import Because, Clearance, Level, Standing
from bot.people import programs, speaking
from bot.people import store as people
from bot.people.model import Caller, Person
from bot.people.tables import PersonRow, UnitRow


class Lacks(Given):
    """What a level of the induction lacks."""

    level: Level
    exam: bool
    minutes: int
    confirmation: bool


class ClearanceOut(Given):
    """Whether somebody may work. `may_work` is null where nothing is on record: then Davy says neither yes nor no."""

    person: Who | None
    unit: Labelled
    at: datetime
    standing: Standing
    may_work: bool | None
    because: Because | None
    due_on: date | None
    since: datetime | None
    until: datetime | None
    missing: list[Lacks]


class AsOf(Asked):
    """Somebody by their employee number, at an instant; left out: now."""

    badge: Badge
    at: Instant | None = None


class Listed(Paged):
    """People who worked in a unit at an instant; left out: now."""

    unit: Number | None = None
    at: Instant | None = None


def clearance(session: Session, caller: Caller, call: Call, now: datetime) -> ClearanceOut:
    """One person."""
    who, at = programs.somebody(session, caller, call.args.badge, now), call.args.at or now
    found = store.clearance(session, who.id, at)
    unit = programs.labels(session, [who.unit])[who.unit]
    return _out(programs.who_is(caller, who.badge, who.name), unit, found, at)


def clearances(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """Everybody of some units at an instant."""
    at = call.args.at or now
    query = people.people_on.where(
        speaking.under(UnitRow.path, programs.paths(session, caller, call.args.unit)), PersonRow.id > call.args.after,
        PersonRow.left_on.is_(None) | (PersonRow.left_on > at.date()),
    ).order_by(PersonRow.id).limit(call.args.limit)  # fmt: skip
    here: list[Person] = [people.as_person(row) for row in session.execute(query, {"on": at.date()})]
    found = store.clearances(session, [who.id for who in here], at)
    units = programs.labels(session, [who.unit for who in here])
    return Rows([
        (str(who.id), _out(programs.who_is(caller, who.badge, who.name), units[who.unit], found[who.id], at))
        for who in here
    ])  # fmt: skip


def _out(who: Who | None, unit: Labelled, found: Clearance, at: datetime) -> ClearanceOut:
    missing = [Lacks(level=m.level, exam=m.exam, minutes=m.minutes, confirmation=m.confirmation) for m in found.missing]
    return ClearanceOut(
        person=who, unit=unit, at=at, standing=found.standing, may_work=found.may_work, because=found.because,
        due_on=found.due_on, since=found.since, until=found.until, missing=missing,
    )  # fmt: skip


def tell(session: Session, caller: Caller, payload: Mapping[str, Any], now: datetime) -> ClearanceOut | None:
    """Somebody's clearance when the call is made."""
    who = people.person(session, int(payload["person"]), now) if payload["person"] is not None else None
    if who is None or not caller.sees(who.path):
        return None
    unit = programs.labels(session, [who.unit])[who.unit]
    return _out(programs.told_who(session, caller, who.id), unit, store.clearance(session, who.id, now), now)


ENDPOINTS = (
    Endpoint(
        "clearance", "GET", "/people/{badge}/clearance", Scope.CLEARANCE, "Whether somebody may work", clearance,
        ClearanceOut, AsOf, about="badge",
    ),
    Endpoint(
        "clearances", "GET", "/clearance", Scope.CLEARANCE, "Who may work", clearances, ClearanceOut, Listed, many=True,
        personal=True, feed="clearance",
    ),
)  # fmt: skip
EVENTS = tuple(
    Event(f"clearance.{name}", kind.name, Scope.CLEARANCE, kind.says, tell, ClearanceOut)
    for name, kind in (
        ("asked", model.INDUCTION_STARTED), ("given", model.CLEARED), ("excepted", model.EXCEPTION_MADE),
        ("exception_ended", model.EXCEPTION_ENDED),
    )
)  # fmt: skip
