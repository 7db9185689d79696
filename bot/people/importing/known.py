"""What the database has, in the words of the files: units by name, people with their unit, post and roles."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.people.company import SEPARATOR, named_units
from bot.people.importing.company import Company
from bot.people.importing.plan import GIVEN_BY_FILE, Existing, Known, RoleOver
from bot.people.model import Role, UnitKind
from bot.people.tables import PersonRow, PlacementRow, PostRow, RoleGrantRow, ShiftRow


def known(session: Session, company: Company | None, today: date) -> Known:
    """All that a personnel file may name, with what the company file is about to add, and everybody by badge."""
    names = unit_names(session, company)
    units = dict.fromkeys(names.values(), "en")
    units |= {name: unit.language for name, unit in named_units(session).items() if name in units}
    posts = set(session.scalars(select(PostRow.code)))
    shifts = set(session.scalars(select(ShiftRow.code)))
    if company is not None:
        units |= {unit.path: unit.language for unit in company.units}
        posts |= {post.code for post in company.posts}
        shifts |= {shift.code for shift in company.shifts}
    return Known(units, frozenset(posts), frozenset(shifts), _people(session, names, today))


def unit_names(session: Session, company: Company | None) -> dict[int, str]:
    """Each unit's name from the site down as it will be: the company file may rename it."""
    renamed = {unit.code: unit.path for unit in company.units} if company else {}
    names: dict[int, str] = {}
    for unit in sorted(named_units(session).values(), key=lambda u: u.path.count("/")):
        if unit.code in renamed:
            names[unit.id] = renamed[unit.code]
        elif unit.kind in (UnitKind.COMPANY, UnitKind.SITE):
            names[unit.id] = unit.name
        else:
            names[unit.id] = f"{names.get(unit.parent or 0, '')}{SEPARATOR}{unit.name}"
    return names


def one(session: Session, person: int, names: dict[int, str], today: date) -> Existing:
    """Somebody of the payroll as a personnel file would find them."""
    [found] = _people(session, names, today, person).values()
    return found


def _people(session: Session, names: dict[int, str], today: date, only: int | None = None) -> dict[str, Existing]:
    roles, admins = _roles(session, names, only)
    running = or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > today)
    query = select(PlacementRow.person_id, PlacementRow.unit_id, PlacementRow.post).where(running)
    if only is not None:
        query = query.where(PlacementRow.person_id == only)
    placed = session.execute(query.order_by(PlacementRow.starts_on))
    where = {row.person_id: (names.get(row.unit_id, ""), row.post) for row in placed}
    columns = (
        PersonRow.id, PersonRow.badge, PersonRow.name, PersonRow.shift, PersonRow.left_on, PersonRow.leaves_on,
        PersonRow.email,
    )  # fmt: skip
    return {
        row.badge.lower(): Existing(
            row.id, row.badge, row.name, *where.get(row.id, ("", "")), row.shift, row.left_on, row.leaves_on,
            frozenset(roles.get(row.id, ())), row.id in admins, row.email,
        )
        for row in session.execute(
            select(*columns) if only is None else select(*columns).where(PersonRow.id == only)
        )
    }  # fmt: skip


def _roles(
    session: Session, names: dict[int, str], only: int | None = None
) -> tuple[dict[int, set[RoleOver]], set[int]]:
    """The roles that files gave, and who is an administrator."""
    given: dict[int, set[RoleOver]] = defaultdict(set)
    admins: set[int] = set()
    query = select(RoleGrantRow).where(RoleGrantRow.ends_at.is_(None))
    for row in session.scalars(query if only is None else query.where(RoleGrantRow.person_id == only)):
        role = Role(row.role)
        if role is Role.ADMIN:
            admins.add(row.person_id)
        elif role in GIVEN_BY_FILE and row.granted_by is None and row.unit_id in names:
            given[row.person_id].add((role, names[row.unit_id]))
    return given, admins
