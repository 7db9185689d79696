"""What falls due with visits: deadlines come near and pass; files came, packs are made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery.tables import DraftRow
from bot.inspections.visits import actions, guests, pack, rules, store
from bot.inspections.visits.entering import DRAFT
from bot.inspections.visits.model import OVERDUE, State
from bot.inspections.visits.tables import VisitFindingRow, VisitRow
from bot.kit.room import Tick
from bot.ledger.actions import record
from bot.ledger.model import Fact, Subscription
from bot.people.company import leaders, successor
from bot.people.model import Role
from bot.people.oncall import holders

SLICE = 40
TO_DO = VisitFindingRow.state.in_((State.OPEN.value, State.OBJECTED.value))


def remind(session: Session, now: datetime) -> bool:
    """Some days before the deadline its owner hears of it, once a deadline."""
    which = (TO_DO, VisitFindingRow.due_at <= now + rules.SOON, VisitFindingRow.reminded_at.is_(None))
    rows = session.scalars(select(VisitFindingRow).where(*which).order_by(VisitFindingRow.due_at).limit(SLICE)).all()
    for row in rows:
        mine = (VisitFindingRow.id == row.id, VisitFindingRow.reminded_at.is_(None))
        if changed(session, update(VisitFindingRow).where(*mine).values(reminded_at=now)) != 1:
            continue
        found = store.found(session, row.id)
        if found is not None:
            once = f"visit-finding:{found.id}:soon:{found.due_at.isoformat()}"
            actions.tell(session, found.owner, "inspections.visits.soon", found, once, now)
    return len(rows) == SLICE


def climb(session: Session, now: datetime) -> bool:
    """Past its deadline a finding goes to the owner and to the managers above, once a deadline; it is a fact."""
    which = (TO_DO, VisitFindingRow.due_at <= now, VisitFindingRow.climbed_at.is_(None))
    rows = session.scalars(select(VisitFindingRow).where(*which).order_by(VisitFindingRow.due_at).limit(SLICE)).all()
    for row in rows:
        mine = (VisitFindingRow.id == row.id, VisitFindingRow.climbed_at.is_(None))
        if changed(session, update(VisitFindingRow).where(*mine).values(climbed_at=now)) != 1:
            continue
        found = store.found(session, row.id)
        if found is None:
            continue
        body = {"visit": found.visit, "finding": found.id, "unit": session.scalar(_unit_of(found.visit))}
        due = found.due_at.isoformat()
        record(session, Fact(OVERDUE, f"visit-finding:{found.id}:overdue:{due}", now, body=body), now)
        roles = (Role.SAFETY_OFFICER, Role.MANAGER)
        above = {who.id for held in holders(session, roles, found.path, now).values() for who, _ in held}
        for who in sorted(above | {found.owner}):
            once = f"visit-finding:{found.id}:overdue:{due}:{who}"
            actions.tell(session, who, "inspections.visits.overdue", found, once, now)
    return len(rows) == SLICE


def _unit_of(visit: int) -> Any:
    return select(VisitRow.unit_id).where(VisitRow.id == visit)


def forget_what_was_left(session: Session, now: datetime) -> bool:
    """Erases drafts that nobody went on with."""
    changed(session, delete(DraftRow).where(DraftRow.kind == DRAFT, DraftRow.touched_at < now - rules.PATIENCE))
    return False


def pass_on(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft: what they had to put right goes to whoever takes over from them, else to who leads there."""
    leaver = payload["person"]
    if leaver is None:
        return
    heir = successor(session, leaver)
    rows = select(VisitFindingRow, VisitRow.path).join(VisitRow, VisitRow.id == VisitFindingRow.visit_id)
    for row, path in session.execute(rows.where(VisitFindingRow.owner_id == leaver, store.LIVE)).all():
        there = leaders(session, path, now, besides=leaver)
        to = heir or (there[0].id if there else None)
        found = store.found(session, row.id)
        if to is not None and found is not None:
            mine = (VisitFindingRow.id == row.id, VisitFindingRow.owner_id == leaver)
            session.execute(update(VisitFindingRow).where(*mine).values(owner_id=to))
            actions.tell(session, to, "inspections.visits.yours", found, f"visit-finding:{found.id}:heir:{to}", now)


TICKS = (
    Tick("inspections.visits.remind", remind, 300),
    Tick("inspections.visits.climb", climb, 300),
    Tick("inspections.visits.forget_told", guests.forget_told, 120),
    Tick("inspections.visits.forget_what_was_left", forget_what_was_left, 600),
)
JOBS = {actions.KEPT: actions.file_kept, pack.PACK: pack.Packed()}
SUBSCRIPTIONS = (Subscription("PersonLeft", "inspections.visits", pass_on),)
