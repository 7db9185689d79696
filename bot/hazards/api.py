"""Dangers for other programs: how they stand, a report, a question, who takes care. Never one that is hidden from anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.hazards import actions, facts, model, store
from bot.hazards.model import Hazard, Kind, Report, State, Urgency
from bot.hazards.tables import HazardNoteRow, HazardRow
from bot.i18n.say import render
from bot.kit.endpoints import (
    Asked,
    Badge,
    Body,
    Call,
    Endpoint,
    Event,
    Given,
    Instant,
    Labelled,
    Number,
    Paged,
    Problem,
    Rows,
    Scope,
    Title,
    Who,
    Words,
    not_there,
)
from bot.ledger.model import FactKind
from bot.people import programs, speaking
from bot.people import store as people
from bot.people.model import Caller
from bot.people.tables import PlaceRow


class HazardOut(Given):
    """A danger as it stands. `words` and `place_words` are there for the scope `words`; a report without a name has no reporter."""

    id: int
    kind: Kind
    state: State
    urgency: Urgency | None
    severity: int | None
    topic: str | None
    major: bool | None
    unit: Labelled
    place: str | None
    place_words: str | None
    words: str | None
    anonymous: bool
    reporter: Who | None
    acknowledged_by: Who | None
    assigned_to: Who | None
    reported_at: datetime
    acknowledged_at: datetime | None
    due_at: datetime | None
    fixed_at: datetime | None
    verified_at: datetime | None
    rejected_at: datetime | None


class CommentOut(Given):
    """A line of the talk between whoever reported and whoever takes care; `by` is empty for the reporter."""

    at: datetime
    question: bool
    by: Who | None
    words: str | None


class Listed(Paged):
    """Dangers, oldest first. `changed_since`: those that were reported, or moved on, since then."""

    unit: Number | None = None
    state: State | None = None
    changed_since: Instant | None = None


class Numbered(Asked):
    """One danger."""

    id: Number


class Talk(Paged):
    """The talk about one danger."""

    id: Number


class ReportIn(Body):
    """A report for somebody who works here: it goes out under their name."""

    reporter: Badge
    words: Words
    kind: Kind = Kind.DANGEROUS
    urgency: Urgency | None = None
    unit: Number | None = None
    place_words: Title | None = None


class ByIn(Body):
    """Who does it: somebody who may, over there."""

    by: Badge


class CommentIn(Body):
    """A question to whoever reported it, who can answer, also without a name."""

    by: Badge
    words: Words


MOVED = (
    HazardRow.created_at, HazardRow.acknowledged_at, HazardRow.rated_at, HazardRow.assigned_at, HazardRow.fixed_at,
    HazardRow.verified_at, HazardRow.rejected_at, HazardRow.joined_at, HazardRow.judged_at, HazardRow.overdue_at,
    HazardRow.plan_at,
)  # fmt: skip


def hazards(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """Dangers of some units."""
    found = programs.paths(session, caller, call.args.unit)
    query = select(HazardRow).where(
        speaking.under(HazardRow.path, found), store.not_hidden(None), HazardRow.id > call.args.after
    )
    if call.args.state is not None:
        query = query.where(HazardRow.state == call.args.state.value)
    if call.args.changed_since is not None:
        query = query.where(or_(*(moment >= call.args.changed_since for moment in MOVED)))
    rows = [store.as_hazard(row) for row in session.scalars(query.order_by(HazardRow.id).limit(call.args.limit))]
    return Rows([(str(each.id), each) for each in _out(session, caller, rows)])


def hazard(session: Session, caller: Caller, call: Call, now: datetime) -> HazardOut:
    """One danger."""
    return _out(session, caller, [_seen(session, caller, call.args.id)])[0]


def comments(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """What was asked and answered about a danger."""
    found = _seen(session, caller, call.args.id)
    query = select(HazardNoteRow).where(HazardNoteRow.hazard_id == found.id, HazardNoteRow.id > call.args.after)
    rows = list(session.scalars(query.order_by(HazardNoteRow.id).limit(call.args.limit)))
    names, told = programs.whos(session, caller, [row.person_id for row in rows]), caller.may(Scope.WORDS)
    return Rows([
        (str(row.id), CommentOut(
            at=row.at, question=row.question, by=names.get(row.person_id or 0), words=row.words if told else None
        ))
        for row in rows
    ])  # fmt: skip


def report(session: Session, caller: Caller, call: Call, now: datetime) -> HazardOut:
    """A report, once a key; whoever must know is called as if it had been sent from the chat."""
    said: ReportIn = call.body
    who = programs.somebody(session, caller, said.reporter, now)
    if who.left_on is not None:
        raise Problem(409, "has_left", "they do not work here any more")
    unit = people.unit(session, said.unit) if said.unit is not None else people.unit(session, who.unit)
    if unit is None or not caller.sees(unit.path):
        raise not_there("unit")
    made = Report(
        call.key,
        unit.id,
        unit.path,
        kind=said.kind,
        urgency=said.urgency,
        place_words=said.place_words,
        words=said.words,
    )
    return _out(session, caller, [actions.report_hazard(session, made, who.id, now)])[0]


def acknowledge(session: Session, caller: Caller, call: Call, now: datetime) -> HazardOut:
    """Somebody takes care of it: nobody else is called."""
    found, by = _seen(session, caller, call.args.id), programs.somebody(session, caller, call.body.by, now)
    return _out(session, caller, [actions.acknowledge(session, found.id, by.id, now)])[0]


def comment(session: Session, caller: Caller, call: Call, now: datetime) -> HazardOut:
    """Somebody asks whoever reported it."""
    found, by = _seen(session, caller, call.args.id), programs.somebody(session, caller, call.body.by, now)
    if not call.again:
        found = actions.ask(session, found.id, call.body.words, by.id, now)
    return _out(session, caller, [found])[0]


def _seen(session: Session, caller: Caller, id: int) -> Hazard:
    """A danger within reach; one that is hidden from somebody is not there for programs."""
    query = select(HazardRow).where(
        HazardRow.id == id, speaking.under(HazardRow.path, caller.units), store.not_hidden(None)
    )
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise not_there("hazard")
    return store.as_hazard(row)


def _out(session: Session, caller: Caller, found: Sequence[Hazard]) -> list[HazardOut]:
    """Many at once: their people, units and places in three statements."""
    people_of = [(h.reporter, h.acknowledged_by, h.assigned_to) for h in found]
    names = programs.whos(session, caller, [id for some in people_of for id in some])
    units = programs.labels(session, [h.unit for h in found])
    wanted = {h.place for h in found if h.place is not None}
    spots = session.execute(select(PlaceRow.id, PlaceRow.name).where(PlaceRow.id.in_(wanted))) if wanted else ()
    places: dict[int, str] = {row.id: row.name for row in spots}
    told = caller.may(Scope.WORDS)
    return [
        HazardOut(
            id=h.id, kind=h.kind, state=h.state, urgency=h.urgency, severity=int(h.severity) if h.severity else None,
            topic=h.topic, major=h.major, unit=units[h.unit], place=places.get(h.place or 0),
            place_words=h.place_words if told else None, words=_words(h) if told else None, anonymous=h.anonymous,
            reporter=names.get(h.reporter or 0), acknowledged_by=names.get(h.acknowledged_by or 0),
            assigned_to=names.get(h.assigned_to or 0), reported_at=h.created_at, acknowledged_at=h.acknowledged_at,
            due_at=h.due_at, fixed_at=h.fixed_at, verified_at=h.verified_at, rejected_at=h.rejected_at,
        )
        for h in found
    ]  # fmt: skip


def _words(found: Hazard) -> str | None:
    return str(render(found.said, "en")) if found.said is not None else found.words


def tell(session: Session, caller: Caller, payload: Mapping[str, Any], now: datetime) -> HazardOut | None:
    """A danger as it stands when the call is made; without the scope for names nobody is in it."""
    try:
        found = _seen(session, caller, int(payload["body"]["hazard"]))
    except Problem:
        return None
    said = _out(session, caller, [found])[0]
    return said if caller.may(Scope.NAMES) else said.model_copy(update=dict.fromkeys(PEOPLE))


PEOPLE = ("reporter", "acknowledged_by", "assigned_to")


def _event(name: str, kind: FactKind) -> Event:
    return Event(f"hazard.{name}", kind.name, Scope.HAZARDS, kind.says, tell, HazardOut)


ENDPOINTS = (
    Endpoint(
        "hazards", "GET", "/hazards", Scope.HAZARDS, "Dangers", hazards, HazardOut, Listed, many=True, personal=True,
        feed="hazards",
        more="With `changed_since`, ask from a minute before the last answer: what was being written then is not missed.",
    ),
    Endpoint("hazard", "GET", "/hazards/{id}", Scope.HAZARDS, "One danger", hazard, HazardOut, Numbered, personal=True),
    Endpoint(
        "hazard_comments", "GET", "/hazards/{id}/comments", Scope.HAZARDS, "The talk about a danger", comments, CommentOut,
        Talk, many=True, personal=True,
    ),
    Endpoint(
        "report_hazard", "POST", "/hazards", Scope.HAZARDS_WRITE, "Report a danger for somebody", report, HazardOut, Asked,
        ReportIn, writes=True, keyed=True, conflicts=True, status=201,
    ),
    Endpoint(
        "acknowledge_hazard", "POST", "/hazards/{id}/acknowledge", Scope.HAZARDS_WRITE, "Somebody takes care of it",
        acknowledge, HazardOut, Numbered, ByIn, writes=True, conflicts=True,
    ),
    Endpoint(
        "comment_hazard", "POST", "/hazards/{id}/comments", Scope.HAZARDS_WRITE, "Ask whoever reported it", comment, HazardOut,
        Numbered, CommentIn, writes=True, keyed=True, conflicts=True, status=201,
    ),
)  # fmt: skip
EVENTS = tuple(
    _event(name, kind)
    for name, kind in (
        ("reported", model.REPORTED), ("acknowledged", model.ACKNOWLEDGED), ("rated", model.RATED),
        ("assigned", model.ASSIGNED), ("fixed", model.FIXED), ("verified", model.VERIFIED), ("reopened", model.REOPENED),
        ("rejected", model.REJECTED), ("overdue", model.OVERDUE), ("judged_major", facts.JUDGED_MAJOR),
    )
)  # fmt: skip
