"""Questions about calls for help and people who work alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from bot.emergencies.sos import rules
from bot.emergencies.sos.model import Alone, Sos, State
from bot.emergencies.sos.tables import LoneWorkRow, SosRow
from bot.people import oncall
from bot.people.model import Person, Role, Viewer

OPEN = (State.SENT.value, State.SEEN.value)


def sos(session: Session, id: int) -> Sos | None:
    """A call for help by its number."""
    row = session.get(SosRow, id, populate_existing=True)
    return _as_sos(row) if row else None


def _as_sos(row: SosRow) -> Sos:
    place = (row.latitude, row.longitude) if row.latitude is not None and row.longitude is not None else None
    return Sos(
        row.id, row.person_id, row.unit_id, row.path, State(row.state), row.alone, row.words, place, row.sent_at,
        row.leaves_at, row.seen_by,
    )  # fmt: skip


def open_of(session: Session, person: int, now: datetime) -> Sos | None:
    """Somebody's own call of the last minutes that is not over. An older one stands in no new one's way."""
    mine = (SosRow.person_id == person, SosRow.state.in_(OPEN), SosRow.sent_at > now - rules.SAME)
    query = select(SosRow).where(*mine).order_by(SosRow.id.desc())
    row = session.scalar(query.limit(1))
    return _as_sos(row) if row else None


def open_under(session: Session, viewer: Viewer) -> list[Sos]:
    """Calls that are not over where somebody leads."""
    paths = viewer.paths(Role.SUPERVISOR)
    if not paths:
        return []
    near = or_(*(SosRow.path.startswith(path, autoescape=True) for path in paths))
    return [_as_sos(row) for row in session.scalars(_open.where(near))]


_open = select(SosRow).where(SosRow.state.in_(OPEN)).order_by(SosRow.id.desc()).limit(20)


def called(session: Session, found: Sos, who: str, now: datetime) -> list[Person]:
    """Whom a rung calls, who can be reached: leaders and safety officers, or managers and admins."""
    roles: Sequence[Role] = (Role.SUPERVISOR, Role.SAFETY_OFFICER) if who == "near" else (Role.MANAGER, Role.ADMIN)
    there = oncall.over(session, roles, found.path, now)
    order = there.order(list(there.held.values()), now)
    return [person for person in order if person.id != found.person and there.reaches(person)]


def alone_of(session: Session, person: int) -> Alone | None:
    """Somebody's timer."""
    row = session.scalar(_alone_of, {"person": person})
    return as_alone(row) if row else None


_alone_of = select(LoneWorkRow).where(LoneWorkRow.open_person == bindparam("person"))


def as_alone(row: LoneWorkRow) -> Alone:
    """A row as a value."""
    return Alone(
        row.id, row.person_id, row.path, row.words, row.minutes, row.due_at, row.ends_at, row.warned_at is not None
    )


def soon_due(session: Session, now: datetime, most: int) -> list[Alone]:
    """Timers that are to ask or to call others now, the oldest first."""
    asks = and_(LoneWorkRow.warned_at.is_(None), LoneWorkRow.due_at <= now + rules.WARN)
    calls = LoneWorkRow.due_at <= now - rules.GRACE
    query = select(LoneWorkRow).where(LoneWorkRow.open_person.is_not(None), or_(asks, calls))
    return [as_alone(row) for row in session.scalars(query.order_by(LoneWorkRow.due_at).limit(most))]
