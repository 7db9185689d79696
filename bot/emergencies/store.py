"""Questions about emergency plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bot.emergencies import rules
from bot.emergencies.model import KINDS, Material, Plan
from bot.emergencies.tables import EmergencyMaterialRow, EmergencyPlanRow
from bot.people import store as people
from bot.people.model import Role, Unit, Viewer


def plan(session: Session, id: int) -> Plan | None:
    """A plan by its number."""
    row = session.get(EmergencyPlanRow, id, populate_existing=True)
    return as_plan(row) if row else None


def as_plan(row: EmergencyPlanRow) -> Plan:
    """A row as a value."""
    return Plan(
        row.id, row.unit_id, row.path, row.kind, row.title, {k: tuple(v) for k, v in row.steps.items()},
        tuple(row.organisation), tuple(row.contacts), tuple(row.routes), row.owner_id, row.version, row.reviewed_at,
    )  # fmt: skip


def plans_for(session: Session, path: str) -> list[Plan]:
    """The plans that hold where somebody is: of each kind that of the nearest unit above."""
    chain = people.ancestors(path)
    rows = session.scalars(select(EmergencyPlanRow).where(EmergencyPlanRow.unit_id.in_(chain)))
    nearest: dict[str, Plan] = {}
    for row in sorted(rows, key=lambda row: chain.index(row.unit_id)):
        nearest.setdefault(row.kind, as_plan(row))
    return sorted(nearest.values(), key=lambda each: KINDS.index(each.kind))


def plans_under(session: Session, paths: Sequence[str]) -> list[Plan]:
    """All plans of some units and their parts."""
    if not paths:
        return []
    under = or_(*(EmergencyPlanRow.path.startswith(path, autoescape=True) for path in paths))
    rows = session.scalars(select(EmergencyPlanRow).where(under).order_by(EmergencyPlanRow.path, EmergencyPlanRow.id))
    return [as_plan(row) for row in rows]


def of_owner(session: Session, person: int) -> list[Plan]:
    """The plans that somebody looks after."""
    return [as_plan(row) for row in session.scalars(_of_owner, {"person": person})]


_of_owner = select(EmergencyPlanRow).where(EmergencyPlanRow.owner_id == bindparam("person"))


def materials(session: Session, plan: int) -> list[Material]:
    """What a plan needs."""
    rows = session.scalars(
        select(EmergencyMaterialRow).where(EmergencyMaterialRow.plan_id == plan).order_by(EmergencyMaterialRow.id)
    )
    return [Material(row.id, row.plan_id, row.words, row.expires_on) for row in rows]


def running_out(session: Session, plans: Sequence[int], today: date) -> list[Material]:
    """What of some plans runs out within a month or has run out."""
    query = select(EmergencyMaterialRow).where(
        EmergencyMaterialRow.plan_id.in_(plans), EmergencyMaterialRow.expires_on <= today + rules.AHEAD
    )
    rows = session.scalars(query.order_by(EmergencyMaterialRow.expires_on))
    return [Material(row.id, row.plan_id, row.words, row.expires_on) for row in rows]


def may_keep(viewer: Viewer | None, path: str) -> bool:
    """Whether somebody may make and change plans of a unit: its safety officers and managers."""
    return viewer is not None and viewer.holds(Role.SAFETY_OFFICER, path)


def units_kept(session: Session, viewer: Viewer) -> list[Unit]:
    """The units whose plans somebody may make, the largest first."""
    found = [unit for unit in people.units(session) if viewer.holds(Role.SAFETY_OFFICER, unit.path)]
    return sorted(found, key=lambda unit: (unit.path.count("/"), unit.path))


def late(session: Session, now: datetime, most: int) -> list[Plan]:
    """Plans whose owner is to be told that nobody has gone through them for a year."""
    old = (EmergencyPlanRow.reviewed_at <= now - rules.YEAR, EmergencyPlanRow.told_at.is_(None))
    return [as_plan(row) for row in session.scalars(select(EmergencyPlanRow).where(*old).limit(most))]


def untold(session: Session, today: date, most: int) -> list[tuple[Material, Plan]]:
    """What runs out and whose owner does not know it yet."""
    query = (
        select(EmergencyMaterialRow, EmergencyPlanRow)
        .join(EmergencyPlanRow, EmergencyPlanRow.id == EmergencyMaterialRow.plan_id)
        .where(EmergencyMaterialRow.expires_on <= today + rules.AHEAD, EmergencyMaterialRow.told_at.is_(None))
    )
    rows = session.execute(query.order_by(EmergencyMaterialRow.id).limit(most)).all()
    return [(Material(m.id, m.plan_id, m.words, m.expires_on), as_plan(p)) for m, p in rows]
