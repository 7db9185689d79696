"""Questions about hazards. What somebody may see is decided in the query, by the units they answer for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.delivery import seals
from bot.hazards.model import Attached, Control, Hazard, Kind, Measure, MediaRole, Note, Reporter, State, Urgency
from bot.hazards.rules import OPEN, SCAN_HOLDS
from bot.hazards.tables import (
    HazardHereRow,
    HazardHiddenRow,
    HazardMeasureRow,
    HazardMediaRow,
    HazardNoteRow,
    HazardPracticeRow,
    HazardRow,
    HazardStopRow,
)
from bot.kit.replies import from_json
from bot.kit.risk import Severity
from bot.kit.texts import Text, text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Place, Role
from bot.people.tables import PersonRow, UnitRow

MOST_SEALED = 300
"""How many recent reports without a name are looked through for somebody's own."""


def hazard(session: Session, id: int) -> Hazard | None:
    """A hazard by its number."""
    return _one(session, HazardRow.id == id)


def by_key(session: Session, key: str) -> Hazard | None:
    """A hazard by its business key."""
    return _one(session, HazardRow.key == key)


def by_finding(session: Session, key: str) -> Hazard | None:
    """The hazard that was made of what another room had found."""
    return _one(session, HazardRow.finding == key)


def by_album(session: Session, album: str) -> Hazard | None:
    """The hazard that an album (its sealed name) belongs to."""
    return _one(session, HazardRow.album == album)


def _one(session: Session, which: Any) -> Hazard | None:
    row = session.scalar(select(HazardRow).where(which).execution_options(populate_existing=True))
    return as_hazard(row) if row else None


def as_hazard(row: HazardRow) -> Hazard:
    """A row as a Hazard."""
    return Hazard(
        id=row.id, key=row.key, kind=Kind(row.kind), state=State(row.state),
        urgency=Urgency(row.urgency) if row.urgency else None,
        severity=Severity(row.severity) if row.severity else None, topic=row.topic,
        unit=row.unit_id, path=row.path, place=row.place_id, place_words=row.place_words, words=row.words,
        finding=row.finding, said=from_json(row.said).text if row.said else None,
        reporter=row.reporter_id, seal=row.reporter_seal, mark=row.reporter_mark,
        round=row.round, created_at=row.created_at,
        acknowledged_by=row.acknowledged_by, acknowledged_at=row.acknowledged_at,
        assigned_to=row.assigned_to, assigned_by=row.assigned_by, due_at=row.due_at,
        fixed_by=row.fixed_by, fixed_at=row.fixed_at, fix_words=row.fix_words,
        verified_by=row.verified_by, verified_at=row.verified_at,
        rejected_by=row.rejected_by, rejected_at=row.rejected_at, reason=row.reason,
        category=row.category, major=row.major, judged_by=row.judged_by, happened_at=row.happened_at,
        owner_id=row.owner_id, joined_to=row.joined_to, plan=row.plan, budget=row.budget,
        rated_why=row.rated_why,
    )  # fmt: skip


def files(session: Session, hazard: int, role: MediaRole | None = None) -> list[Attached]:
    """The files of a hazard, in the order in which they came."""
    query = select(HazardMediaRow).where(HazardMediaRow.hazard_id == hazard).order_by(HazardMediaRow.id)
    if role is not None:
        query = query.where(HazardMediaRow.role == role.value)
    rows = session.scalars(query.execution_options(populate_existing=True))
    return [
        Attached(r.id, r.hazard_id, MediaRole(r.role), r.kind, r.file_id, r.media, r.error, r.look, r.spot)
        for r in rows
    ]


def notes(session: Session, hazard: int) -> list[Note]:
    """The talk about a hazard, oldest first."""
    rows = session.scalars(select(HazardNoteRow).where(HazardNoteRow.hazard_id == hazard).order_by(HazardNoteRow.id))
    return [Note(r.question, r.person_id, r.words, r.at) for r in rows]


def askers(session: Session, hazard: int) -> set[int]:
    """Who asked the reporter something."""
    query = select(HazardNoteRow.person_id).where(HazardNoteRow.hazard_id == hazard, HazardNoteRow.question)
    return {p for p in session.scalars(query) if p is not None}


def measures(session: Session, hazard: int) -> list[Measure]:
    """What is done about a hazard, in the order in which it was named."""
    query = select(HazardMeasureRow).where(HazardMeasureRow.hazard_id == hazard).order_by(HazardMeasureRow.id)
    return [_as_measure(row) for row in session.scalars(query)]


def _as_measure(row: HazardMeasureRow) -> Measure:
    return Measure(
        row.id, row.hazard_id, row.round, Control(row.control), row.interim, row.words, row.person_id, row.at
    )


def done_in_like_cases(session: Session, hazard: Hazard, most: int) -> list[Measure]:
    """What helped elsewhere: lasting measures of verified dangers of the same category, else topic; what is worth most first."""
    same = HazardRow.category == hazard.category if hazard.category else HazardRow.topic == hazard.topic
    if not (hazard.category or hazard.topic):
        return []
    worth = case({control.value: at for at, control in enumerate(Control)}, value=HazardMeasureRow.control)
    query = (
        select(HazardMeasureRow)
        .join(HazardRow, HazardRow.id == HazardMeasureRow.hazard_id)
        .where(same, HazardRow.state == State.VERIFIED.value, HazardRow.id != hazard.id)
        .where(HazardMeasureRow.interim.is_(False), HazardMeasureRow.round == HazardRow.round)
        .where(HazardRow.id.not_in(select(HazardHiddenRow.hazard_id)))
        .order_by(worth, HazardMeasureRow.id.desc())
        .limit(most)
    )
    return [_as_measure(row) for row in session.scalars(query)]


def is_stopped(session: Session, hazard: int) -> bool:
    """Whether work is stopped because of it."""
    query = select(HazardStopRow.id).where(HazardStopRow.hazard_id == hazard, HazardStopRow.state == "stopped")
    return session.scalar(query.limit(1)) is not None


# --- who may ----------------------------------------------------------------------------------------------------------


def answers_for(session: Session, person: int, now: datetime) -> tuple[str, ...]:
    """The units whose hazards somebody may handle: as a supervisor or more, or standing in for one."""
    return speaking.answers_for(session, person, Role.SUPERVISOR, now)


def may_handle(session: Session, hazard: Hazard, person: int, now: datetime) -> bool:
    """Whether somebody answers for the unit of a hazard, and it is not hidden from them."""
    if person in hidden_from(session, hazard.id):
        return False
    return any(hazard.path.startswith(path) for path in answers_for(session, person, now))


def hidden_from(session: Session, hazard: int) -> frozenset[int]:
    """Who is neither called about a hazard nor sees it."""
    query = select(HazardHiddenRow.person_id).where(HazardHiddenRow.hazard_id == hazard)
    return frozenset(session.scalars(query))


def not_hidden(viewer: int | BindParameter[int] | None) -> ColumnElement[bool]:
    """SQL: a hazard that is not hidden from somebody; None: that is hidden from nobody."""
    hidden = exists().where(HazardHiddenRow.hazard_id == HazardRow.id)
    return ~(hidden if viewer is None else hidden.where(HazardHiddenRow.person_id == viewer))


def is_reporter(hazard: Hazard, person: Reporter) -> bool:
    """Whether somebody reported it: by their id, or by the mark that only they and the key can make again."""
    if hazard.anonymous:
        return hazard.mark == mark(hazard.key, person)
    return hazard.reporter == person


def joined(session: Session, hazard: int) -> list[Hazard]:
    """The reports that were joined to one."""
    query = select(HazardRow).where(HazardRow.joined_to == hazard).order_by(HazardRow.id)
    return [as_hazard(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def reported_as(session: Session, hazard: Hazard, person: Reporter) -> Hazard | None:
    """The report by which somebody is a reporter of a danger: its own, or one that was joined to it."""
    if is_reporter(hazard, person):
        return hazard
    return next((each for each in joined(session, hazard.id) if is_reporter(each, person)), None)


def mark(key: str, person: Reporter) -> str:
    """The mark of somebody on one report: another on each, so that two reports do not look like one person's."""
    return seals.seal().name("hazard mark", key, person)


# --- lists ------------------------------------------------------------------------------------------------------------


def tasks_of(session: Session, person: int, most: int | None = None) -> list[Hazard]:
    """What somebody has to fix (or so many of it), the earliest due first."""
    return [as_hazard(row) for row in session.scalars(_tasks.limit(most), {"person": person})]


def taken_by(session: Session, person: int, most: int | None = None) -> list[Hazard]:
    """What somebody said they take care of, and nobody has been given to fix (or so many of it); the oldest first."""
    return [as_hazard(row) for row in session.scalars(_taken.limit(most), {"person": person})]


_tasks = (
    select(HazardRow)
    .where(HazardRow.state == State.ASSIGNED.value, HazardRow.assigned_to == bindparam("person"))
    .order_by(HazardRow.due_at)
    .execution_options(populate_existing=True)
)
_taken = (
    select(HazardRow)
    .where(HazardRow.state == State.ACKNOWLEDGED.value, HazardRow.acknowledged_by == bindparam("person"))
    .order_by(HazardRow.id)
    .execution_options(populate_existing=True)
)


def reports_of(session: Session, person: int, most: int = 10) -> list[Hazard]:
    """What somebody reported under their name, newest first."""
    query = select(HazardRow).where(HazardRow.reporter_id == person).order_by(HazardRow.id.desc()).limit(most)
    return [as_hazard(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def sealed_reports_of(session: Session, person: int, most: int = 10) -> list[Hazard]:
    """What somebody reported without their name, among the newest MOST_SEALED of all; found by their mark on each."""
    query = (
        select(HazardRow).where(HazardRow.reporter_mark.is_not(None)).order_by(HazardRow.id.desc()).limit(MOST_SEALED)
    )
    rows = session.scalars(query.execution_options(populate_existing=True))
    return [h for h in map(as_hazard, rows) if is_reporter(h, person)][:most]


def has_reported(session: Session, person: int) -> bool:
    """Whether somebody has reported (under their name) or practised before."""
    if session.get(HazardPracticeRow, person) is not None:
        return True
    return session.scalar(select(HazardRow.id).where(HazardRow.reporter_id == person).limit(1)) is not None


def place_scanned(session: Session, person: int, now: datetime) -> Place | None:
    """The place that somebody scanned within the last hour."""
    row = session.get(HazardHereRow, person, populate_existing=True)
    if row is None or row.at + SCAN_HOLDS < now:
        return None
    return people.place(session, row.place_id)


# --- words ------------------------------------------------------------------------------------------------------------


def where(session: Session, hazard: Hazard) -> Text:
    """The place of a hazard as people call it, each in their language: the place and its team."""
    unit = people.unit(session, hazard.unit)
    place = people.place(session, hazard.place) if hazard.place is not None else None
    parts = [place.label if place else None, hazard.place_words, unit.label if unit else None]
    return text("hazards.place", parts=[part for part in parts if part])


def name(session: Session, person: int | None, now: datetime) -> str:
    """Somebody's name; empty where there is nobody."""
    who = people.person(session, person, now) if person else None
    return who.name if who else ""


def team_size(session: Session, path: str, now: datetime) -> int:
    """How many people work in a unit."""
    here = people.people_on.where(UnitRow.path.startswith(path), PersonRow.left_on.is_(None)).subquery()
    return session.scalar(select(func.count()).select_from(here), {"on": now.date()}) or 0


def count_open(session: Session, paths: Sequence[str], viewer: int) -> dict[State, int]:
    """How many hazards stand in each open state under some units."""
    under = [HazardRow.path.startswith(path) for path in paths]
    if not under:
        return {}
    found = session.execute(_open_by_state.where(or_(*under)), {"viewer": viewer})
    return {State(state): n for state, n in found}


_open_by_state = (
    select(HazardRow.state, func.count())
    .where(HazardRow.state.in_([s.value for s in OPEN]), not_hidden(bindparam("viewer")))
    .group_by(HazardRow.state)
)
