"""Votes at N-of-M gates, as rows; `kit.gates` decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery.tables import GateVoteRow
from bot.kit.gates import Gate, GateView, Vote, decide


def vote(session: Session, subject: str, person: int, yes: bool, kinds: Iterable[str], now: datetime) -> bool:
    """Records somebody's word; False where they said the same before. The last word counts."""
    row = session.get(GateVoteRow, (subject, person))
    if row is None:
        session.add(GateVoteRow(subject=subject, person_id=person, yes=yes, kinds=sorted(kinds), at=now))
        session.flush()
        return True
    same = row.yes == yes
    row.yes, row.kinds, row.at = yes, sorted(kinds), now
    session.flush()
    return not same


def view(session: Session, subject: str, gate: Gate) -> GateView:
    """Where the gate of a subject stands."""
    rows = session.scalars(select(GateVoteRow).where(GateVoteRow.subject == subject).order_by(GateVoteRow.at))
    return decide(gate, [Vote(r.person_id, r.yes, frozenset(r.kinds)) for r in rows])


def voters(session: Session, subject: str) -> list[int]:
    """Who has spoken about a subject."""
    return list(session.scalars(select(GateVoteRow.person_id).where(GateVoteRow.subject == subject)))
