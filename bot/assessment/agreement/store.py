"""Reading the agreement, and who can speak for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bot.assessment.agreement.model import ITEMS, OPEN_FOR, Clause, Side, State
from bot.people import agreement, oncall
from bot.people import store as people
from bot.people.model import Person, Role, Unit, Viewer
from bot.people.tables import AgreementRow, PersonRow, PlacementRow, UnitRow

MOST_UNITS = 12


def side(viewer: Viewer | None, path: str) -> Side:
    """For whom somebody can speak in a unit."""
    if viewer is None:
        return Side(0, False, False)
    return Side(viewer.person, viewer.holds(Role.HR, path), viewer.has(Role.WORKS_COUNCIL, path))


def has_council(session: Session, path: str, now: datetime) -> bool:
    """Whether a unit, or one above it, has a works council."""
    return bool(oncall.holders(session, [Role.WORKS_COUNCIL], path, now)[Role.WORKS_COUNCIL])


def paths(viewer: Viewer | None) -> tuple[str, ...]:
    """The units for which somebody can speak."""
    if viewer is None:
        return ()
    own = {grant.path for grant in viewer.grants if grant.role is Role.WORKS_COUNCIL}
    return tuple(sorted(own | set(viewer.paths(Role.HR))))


def units(session: Session, viewer: Viewer | None) -> list[Unit]:
    """The units for which somebody can speak, the widest first."""
    under = paths(viewer)
    found = [unit for unit in people.units(session) if under and unit.path.startswith(under)]
    return sorted(found, key=lambda unit: (unit.path.count("/"), unit.path))[:MOST_UNITS]


def clause(session: Session, id: int) -> Clause | None:
    """One line."""
    row = session.get(AgreementRow, id, populate_existing=True)
    return as_clause(row) if row else None


def held_in(session: Session, path: str) -> list[Clause]:
    """What was agreed for a unit or one above it and holds, nearest units first."""
    above = AgreementRow.unit_id.in_(people.ancestors(path))
    query = select(AgreementRow).where(above, AgreementRow.state == State.HOLDS)
    return sorted(map(as_clause, session.scalars(query)), key=lambda each: (-len(each.path), each.item))


def history(session: Session, path: str, most: int) -> list[Clause]:
    """All that was ever agreed for a unit, ones above it and ones below it, the newest first."""
    touching = or_(AgreementRow.unit_id.in_(people.ancestors(path)), AgreementRow.path.startswith(path))
    query = select(AgreementRow).where(touching).order_by(AgreementRow.id.desc()).limit(most)
    return [as_clause(row) for row in session.scalars(query)]


def waiting_for(session: Session, person: int, now: datetime) -> list[Clause]:
    """Proposals that somebody can answer."""
    under = paths(people.viewer(session, person, now))
    found = session.scalars(_asked, {"person": person, "since": now - OPEN_FOR}) if under else ()
    return [as_clause(row) for row in found if row.path.startswith(under)]


_asked = (
    select(AgreementRow)
    .where(
        AgreementRow.state == State.ASKED, AgreementRow.asked_by != bindparam("person"),
        AgreementRow.asked_at > bindparam("since"),
    )
    .order_by(AgreementRow.id)
)  # fmt: skip


def switches(session: Session, path: str) -> dict[str, bool]:
    """Every item, and whether it is on in a unit."""
    held = held_in(session, path)
    return {
        item: next((each.is_on for each in held if each.item == item), item not in agreement.USUALLY_OFF)
        for item in ITEMS
    }


def concerned(session: Session, path: str, after: int, most: int) -> Sequence[int]:
    """Who works in a unit or below it, in slices by their number."""
    query = (
        select(PersonRow.id)
        .join(PlacementRow, PlacementRow.person_id == PersonRow.id)
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .where(UnitRow.path.startswith(path), PlacementRow.ends_on.is_(None), PersonRow.left_on.is_(None))
        .where(PersonRow.id > after)
        .distinct()
        .order_by(PersonRow.id)
        .limit(most)
    )
    return session.scalars(query).all()


def speakers(session: Session, path: str, now: datetime) -> list[Person]:
    """Who can speak for the employer or for those who work in a unit."""
    roles = (Role.HR, Role.MANAGER, Role.ADMIN, Role.WORKS_COUNCIL)
    held = oncall.holders(session, roles, path, now)
    return list({person.id: person for role in roles for person, _ in held[role]}.values())


def as_clause(row: AgreementRow) -> Clause:
    """A row as a value."""
    return Clause(
        row.id, row.unit_id, row.path, row.item, row.is_on, row.purpose, State(row.state), row.asked_by, row.asked_at,
        row.answered_by, row.answered_at, row.ended_by, row.ended_at,
    )  # fmt: skip
