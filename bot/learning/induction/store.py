"""Questions of the gate: who is cleared as of an instant, who waits, whom a name means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, String, bindparam, cast, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db.among import among
from bot.learning.induction import rules
from bot.learning.induction.model import (
    Because,
    Clearance,
    Done,
    Exemption,
    Gate,
    Induction,
    Level,
    Reason,
    Step,
)
from bot.learning.induction.tables import ExemptionRow, InductionRow, InductionStepRow
from bot.learning.tables import AnswerRow, AssignmentRow
from bot.library.store import question_holds
from bot.library.tables import QuestionRow
from bot.people import company, counting
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.people.tables import LeaveRow, PersonRow, PlacementRow, UnitRow

SLICE = 500
MOST_NAMES = 8
MOST_FOUND = 50
_newer = aliased(InductionRow)
_overtaken = (
    exists().where(_newer.person_id == InductionRow.person_id, _newer.id > InductionRow.id).correlate(InductionRow)
)
"""Whether a newer induction counts instead."""
_inductions = select(InductionRow).where(among(InductionRow.person_id, "ids")).order_by(InductionRow.id)
_steps = select(InductionStepRow).where(among(InductionStepRow.person_id, "ids")).order_by(InductionStepRow.id)
_exemptions = select(ExemptionRow).where(among(ExemptionRow.person_id, "ids")).order_by(ExemptionRow.id)


def as_induction(row: InductionRow) -> Induction:
    """A row as an Induction."""
    needs = tuple(rules.need_from(each) for each in row.needs)
    return Induction(
        row.id,
        row.person_id,
        Because(row.because),
        row.started_at,
        row.due_on,
        needs,
        row.unit_id,
        row.post,
        row.done_at,
    )


def _as_step(row: InductionStepRow) -> Step:
    return Step(row.induction_id, Level(row.level), Done(row.what), row.at, row.confirmed_by, row.minutes, row.share)


def _as_exemption(row: ExemptionRow) -> Exemption:
    return Exemption(
        row.id, row.person_id, Reason(row.reason), row.words, row.made_by, row.starts_at, row.ends_at, row.ended_at
    )


def clearances(session: Session, ids: Iterable[int], at: datetime) -> dict[int, Clearance]:
    """Whether these people were cleared at an instant, whenever that was; by id."""
    wanted, found = list(ids), dict[int, Clearance]()
    for begin in range(0, len(wanted), SLICE):
        some = wanted[begin : begin + SLICE]
        fresh = {"populate_existing": True}
        by: dict[int, tuple[list[Induction], list[Step], list[Exemption]]] = {id: ([], [], []) for id in some}
        for induction in session.scalars(_inductions, {"ids": some}, execution_options=fresh):
            by[induction.person_id][0].append(as_induction(induction))
        # whoever was never asked to do anything needs no steps and no exemption
        asked = {"ids": [id for id, (inductions, *_) in by.items() if inductions]}
        for step in session.scalars(_steps, asked, execution_options=fresh) if asked["ids"] else ():
            by[step.person_id][1].append(_as_step(step))
        for one in session.scalars(_exemptions, asked, execution_options=fresh) if asked["ids"] else ():
            by[one.person_id][2].append(_as_exemption(one))
        found |= {id: rules.clearance(*each, at) for id, each in by.items()}
    return found


def clearance(session: Session, person: int, at: datetime) -> Clearance:
    """Whether somebody was cleared at an instant."""
    return clearances(session, [person], at)[person]


def steps_of(session: Session, induction: int) -> list[Step]:
    """What was done for an induction, in its order."""
    query = select(InductionStepRow).where(InductionStepRow.induction_id == induction).order_by(InductionStepRow.id)
    return [_as_step(row) for row in session.scalars(query)]


def newest(session: Session, person: int) -> InductionRow | None:
    """The induction that counts for somebody now."""
    query = select(InductionRow).where(InductionRow.person_id == person)
    newest = query.order_by(InductionRow.started_at.desc(), InductionRow.id.desc()).limit(1)
    return session.scalar(newest.execution_options(populate_existing=True))


def gate(session: Session, path: str) -> Gate | None:
    """What the nearest unit above wants of newcomers; None where the company has set nothing."""
    return rules.gate_of(company.training(session, path).get("induction", {}))


def employed_since(session: Session, person: int) -> date | None:
    """Since when somebody has worked here without a gap; None for who does not."""
    query = select(PlacementRow.starts_on, PlacementRow.ends_on).where(PlacementRow.person_id == person)
    since: date | None = None
    until: date | None = date.min
    for starts, ends in session.execute(query.order_by(PlacementRow.starts_on, PlacementRow.id)):
        if since is None or (until is not None and starts > until):
            since = starts
        until = ends
    return since if until is None else None


def found(session: Session, viewer: Viewer, words: str, now: datetime) -> list[Person]:
    """The people meant by a badge or (part of) a name, of whom this viewer may ask; a badge goes before names."""
    words = " ".join(words.split())[:60]
    by_badge = people.person_by_badge(session, words, now)
    if by_badge is not None and by_badge.left_on is None and rules.may_ask(viewer, by_badge.id, by_badge.path):
        return [by_badge]
    called = or_(
        PersonRow.name.contains(words, autoescape=True),
        func.lower(PersonRow.name).contains(words.lower(), autoescape=True),
    )
    return _under(session, viewer, (Role.SUPERVISOR, Role.TRAINER, Role.HR), called, now, MOST_FOUND) if words else []


def waiting(session: Session, viewer: Viewer, now: datetime, most: int = MOST_NAMES) -> list[Person]:
    """The people of a viewer who are not through their induction. Of one's own people only, and not oneself."""
    paths = sorted({path for role in (Role.SUPERVISOR, Role.TRAINER) for path in viewer.paths(role)})
    if not paths:
        return []
    if session.scalar(_any_open) is None:
        return []  # as in most companies on most days
    query = _waiting.where(counting.inside(paths, wide=True)).limit(most)
    rows = session.execute(query, {"on": now.date(), "viewer": viewer.person})
    return [people.as_person(row) for row in rows]


_any_open = select(InductionRow.id).where(InductionRow.done_at.is_(None)).limit(1)
# from the few inductions that are open to their people: the other way everybody would be looked at. SQLite, which has no
# statistics of an empty table, is kept from its index by what is added
_waiting = (
    people.people_on.join(InductionRow, InductionRow.person_id + 0 == PersonRow.id)
    .where(
        InductionRow.done_at.is_(None), ~_overtaken, PersonRow.left_on.is_(None), PersonRow.id != bindparam("viewer")
    )
    .order_by(InductionRow.person_id)
)


def _under(
    session: Session, viewer: Viewer, roles: Sequence[Role], which: ColumnElement[bool], now: datetime, most: int
) -> list[Person]:
    paths = sorted({path for role in roles for path in viewer.paths(role)})
    if not paths:
        return []
    under = or_(*(UnitRow.path.startswith(path) for path in paths))
    query = people.people_on.where(under, which, PersonRow.left_on.is_(None)).order_by(PersonRow.id).limit(most)
    return [people.as_person(row) for row in session.execute(query, {"on": now.date()})]


def due_soon(session: Session, before: date, most: int) -> list[InductionRow]:
    """Open inductions whose day is near, of which nobody has been reminded; only the one that counts, of people who work here."""
    query = (
        select(InductionRow)
        .join(PersonRow, PersonRow.id == InductionRow.person_id)
        .where(
            InductionRow.done_at.is_(None),
            InductionRow.due_on <= before,
            InductionRow.reminded_at.is_(None),
            PersonRow.left_on.is_(None),
            ~_overtaken,
        )
        .order_by(InductionRow.due_on, InductionRow.id)
        .limit(most)
    )
    return list(session.scalars(query))


def returned(session: Session, since: datetime, now: datetime, least: timedelta) -> list[LeaveRow]:
    """Absences of some length that ended lately and began no induction yet."""
    begun = exists().where(InductionRow.key == literal("return:") + cast(LeaveRow.id, String))
    query = (
        select(LeaveRow)
        .join(PersonRow, PersonRow.id == LeaveRow.person_id)
        .where(LeaveRow.ends_at > since, LeaveRow.ends_at <= now, PersonRow.left_on.is_(None), ~begun)
        .order_by(LeaveRow.ends_at, LeaveRow.id)
    )
    return [row for row in session.scalars(query) if row.ends_at is not None and row.ends_at - row.starts_at >= least]


def exam_questions(session: Session, who: Person, topics: Sequence[str]) -> list[str]:
    """Questions of some topics (of all, where none is named) that hold where somebody works."""
    here = question_holds(literal(who.path), literal(who.jurisdiction))
    query = select(QuestionRow.id).where(QuestionRow.retired_at.is_(None), here)
    if topics:
        query = query.where(QuestionRow.topic.in_(topics))
    return list(session.scalars(query.order_by(QuestionRow.id)))


def sheets(session: Session, induction: int, level: Level) -> list[AssignmentRow]:
    """The exams that were begun for a level, the first one first."""
    prefix = f"induction:{induction}:{level.value}:"
    query = select(AssignmentRow).where(AssignmentRow.key.startswith(prefix)).order_by(AssignmentRow.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def asked_before(session: Session, sheets: Sequence[int]) -> set[str]:
    """The questions of some exams."""
    return set(session.scalars(select(AnswerRow.question_id).where(AnswerRow.assignment_id.in_(sheets))))


def sheet_of(session: Session, assignment: int) -> tuple[int, Level] | None:
    """Of which induction and level an exam is."""
    key = session.scalar(select(AssignmentRow.key).where(AssignmentRow.id == assignment)) or ""
    parts = key.split(":")
    return (int(parts[1]), Level(parts[2])) if parts[0] == "induction" and len(parts) == 4 else None
