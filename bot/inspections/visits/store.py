"""Questions about visits. Only whoever answers for safety over the unit sees one; the owner of a finding sees that finding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.inspections.store import leads, led
from bot.inspections.visits.model import OVER, Found, NoteKind, State, Visit
from bot.inspections.visits.tables import (
    GuestLinkRow,
    GuestViewRow,
    VisitEvidenceRow,
    VisitFindingRow,
    VisitNoteRow,
    VisitPackRow,
    VisitRow,
)
from bot.kit.risk import Severity
from bot.people import speaking
from bot.people.model import Role

ANSWERS = Role.SAFETY_OFFICER
LIVE = VisitFindingRow.state.not_in([state.value for state in OVER])


def as_visit(row: VisitRow) -> Visit:
    """A row as a Visit."""
    return Visit(row.id, row.unit_id, row.path, row.authority, row.jurisdiction, row.scope, row.on_date, row.closed_at)


def as_found(row: VisitFindingRow, path: str) -> Found:
    """A row as a finding."""
    return Found(
        row.id, row.visit_id, row.nth, row.words, row.clause or "", row.place_id, row.topic, Severity(row.severity),
        row.owner_id, row.due_at, State(row.state), row.corrected_by, row.closed_by, path,
    )  # fmt: skip


def answers(session: Session, by: int, path: str, now: datetime) -> bool:
    """Whether somebody answers for safety over a unit."""
    return leads(session, by, path, now, ANSWERS)


def paths(session: Session, by: int, now: datetime) -> tuple[str, ...]:
    """The units whose visits somebody sees."""
    return led(session, by, now, ANSWERS)


def visit(session: Session, id: int, within: Sequence[str]) -> Visit | None:
    """A visit by its number, within some units."""
    query = select(VisitRow).where(VisitRow.id == id, speaking.under(VisitRow.path, within))
    row = session.scalar(query.execution_options(populate_existing=True))
    return as_visit(row) if row else None


def visits(session: Session, within: Sequence[str], most: int = 20) -> list[Visit]:
    """The visits to some units, those that are not closed first, then the newest."""
    query = select(VisitRow).where(speaking.under(VisitRow.path, within))
    query = query.order_by(VisitRow.closed_at.is_not(None), VisitRow.id.desc()).limit(most)
    return [as_visit(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def found(session: Session, id: int) -> Found | None:
    """A finding by its number; rights are for the caller to ask."""
    query = select(VisitFindingRow, VisitRow.path).join(VisitRow, VisitRow.id == VisitFindingRow.visit_id)
    row = session.execute(query.where(VisitFindingRow.id == id).execution_options(populate_existing=True)).first()
    return as_found(row[0], row[1]) if row else None


def findings(session: Session, visit: int) -> list[Found]:
    """The findings of a visit, in their order."""
    query = select(VisitFindingRow, VisitRow.path).join(VisitRow, VisitRow.id == VisitFindingRow.visit_id)
    query = query.where(VisitFindingRow.visit_id == visit).order_by(VisitFindingRow.nth)
    return [as_found(row, path) for row, path in session.execute(query.execution_options(populate_existing=True))]


def owned(session: Session, person: int, most: int = 8) -> list[Found]:
    """The findings that somebody has to put right, the most urgent first."""
    return [as_found(row, path) for row, path in session.execute(_owned, {"person": person, "most": most})]


def to_close(session: Session, within: Sequence[str], most: int = 8) -> list[Found]:
    """The findings of some units that are put right and wait to be closed."""
    query = _corrected.where(speaking.under(VisitRow.path, within))
    return [as_found(row, path) for row, path in session.execute(query, {"most": most})]


_first_due = (
    select(VisitFindingRow, VisitRow.path)
    .join(VisitRow, VisitRow.id == VisitFindingRow.visit_id)
    .order_by(VisitFindingRow.due_at)
    .limit(bindparam("most"))
)
_owned = _first_due.where(
    VisitFindingRow.owner_id == bindparam("person"),
    VisitFindingRow.state.in_((State.OPEN.value, State.OBJECTED.value)),
)
_corrected = _first_due.where(VisitFindingRow.state == State.CORRECTED.value)


def notes(session: Session, finding: int) -> list[VisitNoteRow]:
    """What was said to a finding, in its order."""
    query = select(VisitNoteRow).where(VisitNoteRow.finding_id == finding).order_by(VisitNoteRow.id)
    return list(session.scalars(query))


def objector(session: Session, finding: int) -> int | None:
    """Who raised the newest objection."""
    said = [note for note in notes(session, finding) if note.kind == NoteKind.OBJECTED]
    return said[-1].person_id if said else None


def evidence(session: Session, visit: int, finding: int | None = None) -> list[VisitEvidenceRow]:
    """The files of a visit (of a finding), in their order."""
    query = select(VisitEvidenceRow).where(VisitEvidenceRow.visit_id == visit)
    if finding is not None:
        query = query.where(VisitEvidenceRow.finding_id == finding)
    return list(session.scalars(query.order_by(VisitEvidenceRow.id).execution_options(populate_existing=True)))


def pack(session: Session, visit: int) -> VisitPackRow | None:
    """The newest evidence pack of a visit."""
    query = select(VisitPackRow).where(VisitPackRow.visit_id == visit).order_by(VisitPackRow.id.desc()).limit(1)
    return session.scalar(query)


def links(session: Session, visit: int) -> list[GuestLinkRow]:
    """The links that were made to a visit, the newest first."""
    query = select(GuestLinkRow).where(GuestLinkRow.visit_id == visit).order_by(GuestLinkRow.id.desc())
    return list(session.scalars(query.execution_options(populate_existing=True)))


def views(session: Session, link: int) -> list[GuestViewRow]:
    """When a link was opened, and what for."""
    return list(session.scalars(select(GuestViewRow).where(GuestViewRow.link_id == link).order_by(GuestViewRow.id)))
