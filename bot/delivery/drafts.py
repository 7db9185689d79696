"""Conversations in progress, as rows. One open draft a person and kind; the newest one gets what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, table_of
from bot.delivery.tables import DraftRow

_insert = insert(table_of(DraftRow))


@dataclass(frozen=True)
class Draft:
    """Where a conversation stands. `version` guards against two hands at once."""

    id: int
    person: int
    kind: str
    step: str
    data: Mapping[str, Any]
    version: int
    created_at: datetime
    remind_at: datetime | None


def begin(
    session: Session,
    person: int,
    kind: str,
    step: str,
    data: Mapping[str, Any],
    now: datetime,
    remind_at: datetime | None = None,
) -> Draft:
    """Opens a draft; one of the same kind that was left lying is dropped."""
    session.execute(delete(DraftRow).where(DraftRow.person_id == person, DraftRow.kind == kind))
    row = DraftRow(
        person_id=person, kind=kind, step=step, data=dict(data), created_at=now, touched_at=now, remind_at=remind_at
    )
    session.add(row)
    session.flush()
    return _as_draft(row)


def begin_all(
    session: Session, kind: str, step: str, drafts: Sequence[tuple[int, Mapping[str, Any]]], now: datetime
) -> None:
    """Opens a draft of one kind for each of many people, given with its data."""
    if not drafts:
        return
    persons = [person for person, _ in drafts]
    session.execute(delete(DraftRow).where(DraftRow.kind == kind, DraftRow.person_id.in_(persons)))
    rows = [
        {
            "person_id": person,
            "kind": kind,
            "step": step,
            "data": dict(data),
            "version": 1,
            "created_at": now,
            "touched_at": now,
        }
        for person, data in drafts
    ]
    session.connection().execute(_insert, rows)


def current(session: Session, person: int, kind: str | None = None) -> Draft | None:
    """The open draft that was touched last (of a kind)."""
    query = (
        select(DraftRow).where(DraftRow.person_id == person).order_by(DraftRow.touched_at.desc(), DraftRow.id.desc())
    )
    if kind is not None:
        query = query.where(DraftRow.kind == kind)
    row = session.scalar(query.limit(1))
    return _as_draft(row) if row else None


def advance(
    session: Session, draft: Draft, step: str, data: Mapping[str, Any], now: datetime, remind_at: datetime | None = None
) -> Draft | None:
    """The draft one step on; None where it changed meanwhile, and then nothing was written."""
    done = changed(
        session,
        update(DraftRow)
        .where(DraftRow.id == draft.id, DraftRow.version == draft.version)
        .values(step=step, data=dict(data), version=draft.version + 1, touched_at=now, remind_at=remind_at),
    )
    if done != 1:
        return None
    return Draft(draft.id, draft.person, draft.kind, step, dict(data), draft.version + 1, draft.created_at, remind_at)


def close(session: Session, draft: Draft) -> bool:
    """Ends a draft and erases what it held; False where somebody else ended it first."""
    done = changed(session, delete(DraftRow).where(DraftRow.id == draft.id, DraftRow.version == draft.version))
    return done == 1


def due(session: Session, kind: str, now: datetime, most: int = 50) -> list[Draft]:
    """Drafts whose reminder has fallen due."""
    query = (
        select(DraftRow)
        .where(DraftRow.kind == kind, DraftRow.remind_at <= now)
        .order_by(DraftRow.remind_at)
        .limit(most)
    )
    return [_as_draft(row) for row in session.scalars(query)]


def _as_draft(row: DraftRow) -> Draft:
    return Draft(row.id, row.person_id, row.kind, row.step, row.data, row.version, row.created_at, row.remind_at)
