"""Proposals, read. Seen by whoever leads there and by the members who were asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from bot.people import speaking
from bot.people.model import Person
from bot.voice import whom
from bot.voice.proposals.model import Proposal, Stand, State, Voice
from bot.voice.proposals.tables import CommitteeMemberRow, ProposalRow, ProposalVoiceRow

OPEN = ProposalRow.state == State.OPEN.value


def proposal(session: Session, id: int) -> Proposal | None:
    """A proposal by its number."""
    row = session.get(ProposalRow, id, populate_existing=True)
    return as_proposal(row) if row is not None else None


def as_proposal(row: ProposalRow) -> Proposal:
    """A row as a Proposal."""
    return Proposal(
        row.id, row.unit_id, row.path, row.put_by, row.words, State(row.state), row.put_at, row.due_at, row.reason or "",
        row.decided_by, row.decided_at, row.rung,
    )  # fmt: skip


def seen_by(session: Session, who: Person, now: datetime, most: int, id: int | None = None) -> list[Proposal]:
    """The proposals that somebody may see, open ones first; `id`: only this one."""
    asked = exists().where(ProposalVoiceRow.proposal_id == ProposalRow.id, ProposalVoiceRow.person_id == who.id)
    which = [or_(asked, speaking.under(ProposalRow.path, whom.led(session, who.id, now)))]
    if id is not None:
        which.append(ProposalRow.id == id)
    query = select(ProposalRow).where(*which).order_by((~OPEN), ProposalRow.id.desc()).limit(most)
    return [as_proposal(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def of_units(session: Session, paths: Sequence[str], most: int) -> list[Proposal]:
    """The proposals of some units, for the dashboard."""
    query = select(ProposalRow).where(speaking.under(ProposalRow.path, paths)).order_by((~OPEN), ProposalRow.id.desc())
    return [as_proposal(row) for row in session.scalars(query.limit(most))]


def voices(session: Session, id: int) -> list[Voice]:
    """Who was asked, and what each said."""
    query = select(ProposalVoiceRow).where(ProposalVoiceRow.proposal_id == id).order_by(ProposalVoiceRow.person_id)
    return [
        Voice(row.person_id, Stand(row.stand) if row.stand else None, row.reason or "")
        for row in session.scalars(query.execution_options(populate_existing=True))
    ]


def committee(session: Session, unit: int) -> list[int]:
    """The members of a unit's committee."""
    query = select(CommitteeMemberRow.person_id).where(CommitteeMemberRow.unit_id == unit)
    return list(session.scalars(query.order_by(CommitteeMemberRow.person_id)))


def unanswered(session: Session, person: int, most: int) -> list[Proposal]:
    """Open proposals that somebody was asked about and has not answered."""
    return [as_proposal(row) for row in session.scalars(_unanswered, {"person": person, "most": most})]


_unanswered = (
    select(ProposalRow)
    .join(ProposalVoiceRow, ProposalVoiceRow.proposal_id == ProposalRow.id)
    .where(ProposalVoiceRow.person_id == bindparam("person"), ProposalVoiceRow.stand.is_(None), OPEN)
    .order_by(ProposalRow.due_at)
    .limit(bindparam("most"))
)


def due(session: Session, now: datetime, most: int) -> list[Proposal]:
    """Open proposals whose reminder or day has come."""
    query = select(ProposalRow).where(OPEN, ProposalRow.chase_at <= now).order_by(ProposalRow.chase_at, ProposalRow.id)
    return [as_proposal(row) for row in session.scalars(query.limit(most).execution_options(populate_existing=True))]
