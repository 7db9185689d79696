"""Ladders being climbed, as rows. The rungs and whom they call belong to the room; `kit.ladder` decides when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery.tables import LadderRow
from bot.kit.ladder import Climb


@dataclass(frozen=True)
class Ladder:
    """Where a ladder stands: `rung` was called last, `called` are the persons called so far."""

    id: int
    subject: str
    kind: str
    rung: int
    next_at: datetime | None
    climbing: bool
    called: tuple[int, ...]


def start(session: Session, subject: str, kind: str, climb: Climb, called: list[int], now: datetime) -> Ladder:
    """Begins a ladder at its first call. A subject has one ladder; one that stopped starts afresh."""
    row = session.scalar(select(LadderRow).where(LadderRow.subject == subject))
    if row is None:
        row = LadderRow(subject=subject, kind=kind, rung=climb.rung, started_at=now)
        session.add(row)
    row.rung, row.state, row.next_at = climb.rung, "climbing", climb.next_at
    row.called, row.started_at, row.stopped_at, row.stopped_by = list(called), now, None, None
    session.flush()
    return _as_ladder(row)


def climbed(session: Session, ladder: Ladder, climb: Climb, called: list[int]) -> bool:
    """Records the next call; False where it was acknowledged or climbed meanwhile, and then nobody may be called."""
    done = changed(
        session,
        update(LadderRow)
        .where(LadderRow.id == ladder.id, LadderRow.state == "climbing", LadderRow.rung == ladder.rung)
        .values(
            rung=climb.rung,
            next_at=climb.next_at,
            called=[*ladder.called, *(c for c in called if c not in ladder.called)],
        ),
    )
    return done == 1


def stop(session: Session, subject: str, by: int | None, now: datetime) -> bool:
    """Stops a ladder; True for the one who stopped it, False for whoever comes later."""
    done = changed(
        session,
        update(LadderRow)
        .where(LadderRow.subject == subject, LadderRow.state == "climbing")
        .values(state="stopped", next_at=None, stopped_at=now, stopped_by=by),
    )
    return done == 1


def of(session: Session, subject: str) -> Ladder | None:
    """A subject's ladder."""
    row = session.scalar(
        select(LadderRow).where(LadderRow.subject == subject).execution_options(populate_existing=True)
    )
    return _as_ladder(row) if row else None


def of_all(session: Session, subjects: Collection[str]) -> dict[str, Ladder]:
    """The ladders of some subjects."""
    rows = session.scalars(select(LadderRow).where(LadderRow.subject.in_(list(subjects))))
    return {row.subject: _as_ladder(row) for row in rows}


def due(session: Session, kind: str, now: datetime, most: int = 50) -> list[Ladder]:
    """Ladders of a kind whose next call has fallen due."""
    query = (
        select(LadderRow)
        .where(LadderRow.kind == kind, LadderRow.state == "climbing", LadderRow.next_at <= now)
        .order_by(LadderRow.next_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [_as_ladder(row) for row in session.scalars(query)]


def climbing(session: Session, kind: str, before: datetime) -> list[Ladder]:
    """Ladders of a kind that were begun before a moment and that nobody has answered."""
    still = (LadderRow.kind == kind, LadderRow.state == "climbing", LadderRow.started_at < before)
    return [_as_ladder(row) for row in session.scalars(select(LadderRow).where(*still).order_by(LadderRow.id))]


def _as_ladder(row: LadderRow) -> Ladder:
    return Ladder(row.id, row.subject, row.kind, row.rung, row.next_at, row.state == "climbing", tuple(row.called))
