"""Units, posts and people for a personnel system: read, put by employee number, gone. Never a role: that stays with people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.endpoints import (
    Asked,
    Badge,
    Body,
    Call,
    Code,
    Day,
    Endpoint,
    Given,
    Labelled,
    Number,
    Paged,
    Problem,
    Rows,
    Scope,
    Title,
    not_there,
)
from bot.onboarding.importing import record_changes
from bot.people import programs, speaking, store
from bot.people.importing import known
from bot.people.importing.apply import apply_plan
from bot.people.importing.plan import Entry, Existing, plan_one
from bot.people.model import Caller, Person
from bot.people.tables import PersonRow, PostRow, UnitRow


class UnitOut(Given):
    """A part of the company. `name` is what it is called below the site: `Harbour Works/Warehouse/Dock Team`."""

    id: int
    code: str | None
    kind: str
    name: str
    parent: int | None
    zone: str
    jurisdiction: str


class PostOut(Given):
    """What somebody works as."""

    code: str
    name: str
    names: dict[str, str]


class PersonOut(Given):
    """Somebody who works here, or did."""

    badge: str
    name: str | None
    language: str
    unit: Labelled
    post: str
    shift: str | None
    joined_on: date
    left_on: date | None
    leaves_on: date | None
    reachable: bool
    """Whether Davy reaches them; False: they have blocked it."""


class Badged(Asked):
    """Somebody by their employee number."""

    badge: Badge


class Listed(Paged):
    """People, of one unit and all below it where it is named."""

    unit: Number | None = None


class PersonIn(Body):
    """Somebody as the personnel system has them. `language` counts when they are new; later it is theirs to choose. `shift` and

    `left_on` stay as they are where they are left out. Who had left and is put without a last day comes back.
    """

    name: Title
    unit: Number
    post: Title
    joined_on: Day
    language: Annotated[str | None, Field(pattern=f"^({'|'.join(LANGUAGES)})$")] = None
    shift: Code | None = None
    left_on: Day | None = None


class LeaveIn(Body):
    """The last day of work; one that lies ahead is announced and comes by itself."""

    on: Day


def units(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """The units within reach."""
    here = speaking.under(UnitRow.path, programs.paths(session, caller, call.args.unit))
    query = select(UnitRow).where(here, UnitRow.ends_on.is_(None), UnitRow.id > call.args.after)
    names = known.unit_names(session, None)
    rows = session.scalars(query.order_by(UnitRow.id).limit(call.args.limit))
    return Rows([
        (str(row.id), UnitOut(
            id=row.id, code=row.code, kind=row.kind, name=names.get(row.id, row.name), parent=row.parent_id, zone=row.zone,
            jurisdiction=row.jurisdiction,
        ))
        for row in rows
    ])  # fmt: skip


def posts(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """All posts: they belong to the whole company. The cursor counts."""
    at = call.args.after
    rows = session.scalars(select(PostRow).order_by(PostRow.code).offset(at).limit(call.args.limit))
    return Rows([
        (str(at + n), PostOut(code=row.code, name=row.name, names=row.names or {})) for n, row in enumerate(rows, 1)
    ])  # fmt: skip


def people(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """Who works under some units today."""
    here = speaking.under(UnitRow.path, programs.paths(session, caller, call.args.unit))
    query = _PEOPLE.where(here, PersonRow.left_on.is_(None), PersonRow.id > call.args.after)
    rows = session.execute(query.order_by(PersonRow.id).limit(call.args.limit), {"on": now.date()})
    return Rows([(str(row.id), _out(caller, row)) for row in rows])


def person(session: Session, caller: Caller, call: Call, now: datetime) -> PersonOut:
    """Somebody by their employee number."""
    return _one(session, caller, programs.somebody(session, caller, call.args.badge, now), now)


def put(session: Session, caller: Caller, call: Call, now: datetime) -> PersonOut:
    """Joins, moves, renames or announces the end of somebody: as one row of a personnel file would."""
    said: PersonIn = call.body
    names = known.unit_names(session, None)
    unit = store.unit(session, said.unit)
    if unit is None or not caller.sees(unit.path) or unit.id not in names:
        raise not_there("unit")
    _possible(session, said)
    before = store.person_by_badge(session, call.args.badge, now)
    if before is not None and not caller.sees(before.path):
        raise not_there("person")
    there = known.one(session, before.id, names, now.date()) if before is not None else None
    if there is not None and there.left_on is not None and there.name != said.name and said.left_on is None:
        raise Problem(409, "badge_of_another", "this number belonged to somebody who left: give a new one")
    shift, left_on = _as_before(there, said)
    entry = Entry(
        there.badge if there else call.args.badge, said.name, said.language or unit.language, names[unit.id], said.post,
        there.roles if there and there.left_on is None else frozenset(), shift, said.joined_on, left_on,
    )  # fmt: skip
    _carry_out(session, there, entry, now)
    after = store.person_by_badge(session, call.args.badge, now)
    if after is None:
        raise Problem(409, "not_here", "they begin later, or had left before they came: nobody was made of it")
    return _one(session, caller, after, now)


def leave(session: Session, caller: Caller, call: Call, now: datetime) -> PersonOut:
    """Somebody leaves: at once where the day has come, else on it."""
    who = programs.somebody(session, caller, call.args.badge, now)
    there = known.one(session, who.id, known.unit_names(session, None), now.date())
    joined = session.scalar(select(PersonRow.joined_on).where(PersonRow.id == who.id)) or now.date()
    if who.left_on is None:
        entry = Entry(
            there.badge, there.name, who.lang, there.unit, there.post, there.roles, there.shift, joined, call.body.on
        )
        _carry_out(session, there, entry, now)
    return _one(session, caller, programs.somebody(session, caller, call.args.badge, now), now)


def _as_before(there: Existing | None, said: PersonIn) -> tuple[str | None, date | None]:
    """The shift and the last day: what is not said stays as it was, null takes it away."""
    here = there if there is not None and there.left_on is None else None
    shift = said.shift if "shift" in said.model_fields_set else (here.shift if here else None)
    left_on = said.left_on if "left_on" in said.model_fields_set else (here.leaves_on if here else None)
    return shift, left_on


def _possible(session: Session, said: PersonIn) -> None:
    """What a model cannot know. Raises Problem."""
    if said.left_on is not None and said.left_on < said.joined_on:
        raise Problem(409, "impossible_days", "they would leave before they join")
    codes = set(session.scalars(select(PostRow.code)))
    if codes and said.post not in codes:
        raise Problem(409, "unknown_post", "there is no such post: see /posts")
    if said.shift is not None and said.shift not in store.shifts(session):
        raise Problem(409, "unknown_shift", "there is no such shift")


def _carry_out(session: Session, there: Existing | None, entry: Entry, now: datetime) -> None:
    plan = plan_one(there, entry, now.date())
    if plan.leaves and there is not None and there.admin:
        raise Problem(
            409, "is_administrator", "an administrator leaves by the hand of another one: /revoke in the chat"
        )
    record_changes(session, apply_plan(session, plan, now.date(), now), now)


_PEOPLE = store.people_on.add_columns(PersonRow.joined_on, PersonRow.leaves_on, UnitRow.code)


def _one(session: Session, caller: Caller, who: Person, now: datetime) -> PersonOut:
    row = session.execute(_PEOPLE.where(PersonRow.id == who.id), {"on": now.date()}).one()
    return _out(caller, row)


def _out(caller: Caller, row: Any) -> PersonOut:
    return PersonOut(
        badge=row.badge, name=row.name if caller.may(Scope.NAMES) else None, language=row.lang,
        unit=Labelled(id=row.unit, code=row.code), post=row.post, shift=row.shift, joined_on=row.joined_on,
        left_on=row.left_on, leaves_on=row.leaves_on, reachable=row.unreachable_at is None,
    )  # fmt: skip


ENDPOINTS = (
    Endpoint("units", "GET", "/units", Scope.UNITS, "Units within reach", units, UnitOut, Listed, many=True),
    Endpoint("posts", "GET", "/posts", Scope.UNITS, "Posts", posts, PostOut, Paged, many=True),
    Endpoint("people", "GET", "/people", Scope.PEOPLE, "Who works here", people, PersonOut, Listed, many=True, personal=True),
    Endpoint("person", "GET", "/people/{badge}", Scope.PEOPLE, "Somebody", person, PersonOut, Badged, about="badge"),
    Endpoint(
        "put_person", "PUT", "/people/{badge}", Scope.PEOPLE_WRITE, "Put somebody: new, moved, renamed", put, PersonOut,
        Badged, PersonIn, writes=True, about="badge", conflicts=True,
        more="The same call twice changes nothing the second time. Roles are given by people, never by a program.",
    ),
    Endpoint(
        "leave_person", "POST", "/people/{badge}/leave", Scope.PEOPLE_WRITE, "Somebody leaves the company", leave, PersonOut,
        Badged, LeaveIn, writes=True, about="badge", conflicts=True,
    ),
)  # fmt: skip
