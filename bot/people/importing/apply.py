"""Writing a company and a plan, set by set. The caller owns the transaction: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.people import actions, oncall, store
from bot.people.company import named_units
from bot.people.importing.company import Company, UnitEntry
from bot.people.importing.plan import Entry, Plan
from bot.people.importing.problems import Problems
from bot.people.model import Role
from bot.people.tables import PersonRow, PlacementRow, PlaceRow, PostRow, RoleGrantRow, ShiftRow, UnitRow

T = TypeVar("T")
SLICE = 500


@dataclass(frozen=True)
class Applied:
    """Whom a plan touched, by id."""

    joined: tuple[int, ...] = ()
    returned: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    """Those who were here before and may more, or less, from now on."""
    addresses: tuple[int, ...] = ()
    """Those who were here before and sign in with another address from now on."""


def apply_company(session: Session, company: Company, on: date, problems: Problems) -> None:
    """Adds and renames units, posts, shifts and places. Nothing is removed: a part that closes keeps its history.

    A unit that stands under another one than before is a mistake: reports and roles hang on where it is.
    """
    ids = _put_units(session, company, on, problems)
    if problems:
        return
    for post in company.posts:
        session.merge(PostRow(code=post.code, name=post.name, names=dict(post.names), topics=list(post.topics)))
    for shift in company.shifts:
        quiet = shift.quiet or (None, None)
        session.merge(
            ShiftRow(
                code=shift.code, name=shift.name, names=dict(shift.names), starts=shift.starts, ends=shift.ends,
                quiet_start=quiet[0], quiet_end=quiet[1],
            )
        )  # fmt: skip
    places = {row.code: row for row in session.scalars(select(PlaceRow))}
    for spot in company.places:
        if spot.unit in ids:
            row_ = places.get(spot.code) or PlaceRow(code=spot.code)
            row_.name, row_.names, row_.unit_id, row_.closed_at = spot.name, dict(spot.names), ids[spot.unit], None
            session.add(row_)
    session.flush()


def _put_units(session: Session, company: Company, on: date, problems: Problems) -> dict[str, int]:
    rows = {row.code: row for row in session.scalars(select(UnitRow)) if row.code}
    by_name = named_units(session)
    listed = {entry.code for entry in company.units}
    for entry in company.units:
        named = by_name.get(entry.path)
        if named is not None and named.code not in (None, entry.code) and named.code not in listed:
            problems.note(entry.place, f"{entry.path} is here with the code {named.code}: a code never changes")
    for code in listed & rows.keys():
        rows[code].name = f"~{rows[code].id}"  # so that two units may exchange their names
    session.flush()
    ids: dict[str, int] = {}
    for entry in company.units:
        found = rows.get(entry.code)
        if found is None and entry.path in by_name and by_name[entry.path].code is None:
            found = session.get(UnitRow, by_name[entry.path].id)
        if entry.above is not None and entry.above not in ids:
            continue  # what is wrong above is told
        parent = ids.get(entry.above or "")
        if found is not None and found.parent_id != parent:
            problems.note(
                entry.place, f"{entry.code} ({entry.path}) stood under another unit: give it a new code there"
            )
        elif not problems:
            ids[entry.path] = _put_unit(session, found, entry, parent, company, on)
        elif found is not None:
            ids[entry.path] = found.id  # nothing is kept any more, but the other mistakes are looked for
    return ids


def _put_unit(
    session: Session, row: UnitRow | None, entry: UnitEntry, parent: int | None, company: Company, on: date
) -> int:
    row = row or UnitRow(parent_id=parent, kind=entry.kind.value, path="", starts_on=on)
    row.code, row.name, row.names = entry.code, entry.name, dict(entry.names)
    row.zone, row.jurisdiction, row.language = entry.zone, entry.jurisdiction, entry.language
    row.quiet_start, row.quiet_end = company.quiet or (None, None)
    row.workdays, row.training = entry.workdays, dict(entry.training) or None
    row.alerts, row.firm = dict(entry.alerts) or None, entry.firm
    row.emergency_number, row.assembly = entry.emergency_number, dict(entry.assembly) or None
    session.add(row)
    session.flush()
    if not row.path:
        above = session.get_one(UnitRow, parent).path if parent is not None else "/"
        row.path = f"{above}{row.id}/"
        session.flush()
    return row.id


def apply_plan(session: Session, plan: Plan, today: date, now: datetime, pass_to: int | None = None) -> Applied:
    """Writes a plan. Who leaves loses access at once; `pass_to` or their supervisor takes over what they had open."""
    units = {name: unit.id for name, unit in named_units(session).items()}
    joined = _join(session, plan.joins, units)
    _return(session, plan, units, today)
    moved = [(person.id, entry) for person, entry in plan.moves]
    _end_placements(session, [id for id, _ in moved], today)
    _place(session, [(id, entry, today) for id, entry in moved], units)
    both = (*plan.changes, *plan.returns)
    if both:
        session.execute(
            update(PersonRow),
            [
                {"id": person.id, "name": entry.name, "shift": entry.shift, "email": entry.email or person.email}
                for person, entry in both
            ],
        )
    if plan.announced:
        session.execute(update(PersonRow), [{"id": person.id, "leaves_on": on} for person, on in plan.announced])
    _roles(session, plan, units, now)
    left = _leave(session, plan, today, now, pass_to)
    returned = tuple(person.id for person, _ in plan.returns)
    changed = ids_of(session, {badge for badge, _, _ in (*plan.roles, *plan.ends)}).values()
    roles = tuple(sorted(set(changed) - set(joined)))
    addresses = tuple(person.id for person, entry in both if entry.email and entry.email != person.email)
    return Applied(tuple(joined), returned, tuple(id for id, _ in moved), left, roles, addresses)


def successors(session: Session, leavers: Sequence[int], now: datetime, pass_to: int | None = None) -> dict[int, int]:
    """Who takes over the open items of each: the one named, or the nearest supervisor (or manager) who stays."""
    going = set(leavers)
    if pass_to is not None:
        return dict.fromkeys((id for id in leavers if id != pass_to), pass_to)
    nearest: dict[str, int | None] = {}
    found: dict[int, int] = {}
    for id in leavers:
        who = store.person(session, id, now)
        if who is None:
            continue
        if who.path not in nearest:
            nearest[who.path] = _stays_above(session, who.path, going, now)
        if (heir := nearest[who.path]) is not None:
            found[id] = heir
    return found


def _stays_above(session: Session, path: str, going: set[int], now: datetime) -> int | None:
    for role in (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
        able = [
            (far, person.id)
            for person, far in oncall.holders(session, [role], path, now)[role]
            if person.id not in going
        ]
        if able:
            return min(able)[1]
    return None


def _leave(session: Session, plan: Plan, today: date, now: datetime, pass_to: int | None) -> tuple[int, ...]:
    left = tuple(person.id for person, _ in plan.leaves)
    if not left:
        return ()
    heirs = successors(session, left, now, pass_to)
    session.execute(
        update(PersonRow),
        [{"id": p.id, "leaves_on": on, "successor_id": heirs.get(p.id)} for p, on in plan.leaves],
    )
    actions.leave_company(session, left, today, now)
    return left


def _join(session: Session, entries: Sequence[Entry], units: Mapping[str, int]) -> list[int]:
    if not entries:
        return []
    rows: list[dict[str, Any]] = [
        {
            "badge": e.badge, "name": e.name, "lang": e.lang, "shift": e.shift, "joined_on": e.joined_on,
            "leaves_on": e.left_on, "email": e.email,
        }
        for e in entries
    ]  # fmt: skip
    session.execute(insert(PersonRow), rows)
    ids = ids_of(session, [entry.badge for entry in entries])
    _place(session, [(ids[entry.badge], entry, entry.joined_on) for entry in entries], units)
    return [ids[entry.badge] for entry in entries]


def _return(session: Session, plan: Plan, units: Mapping[str, int], today: date) -> None:
    ids = [person.id for person, _ in plan.returns]
    for some in slices(ids):
        session.execute(update(PersonRow).where(PersonRow.id.in_(some)).values(left_on=None, successor_id=None))
    _end_placements(session, ids, today)
    _place(session, [(person.id, entry, today) for person, entry in plan.returns], units)


def _end_placements(session: Session, ids: Sequence[int], today: date) -> None:
    for some in slices(ids):
        mine = PlacementRow.person_id.in_(some)
        session.execute(delete(PlacementRow).where(mine, PlacementRow.starts_on >= today))
        running = or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > today)
        session.execute(update(PlacementRow).where(mine, running).values(ends_on=today))


def _place(session: Session, who: Sequence[tuple[int, Entry, date]], units: Mapping[str, int]) -> None:
    rows = [
        {"person_id": id, "unit_id": units[entry.unit], "post": entry.post, "starts_on": on} for id, entry, on in who
    ]
    if rows:
        session.execute(insert(PlacementRow), rows)


def _roles(session: Session, plan: Plan, units: Mapping[str, int], now: datetime) -> None:
    ids = ids_of(session, {badge for badge, _, _ in (*plan.roles, *plan.ends)})
    rows = [
        {"person_id": ids[badge], "role": role.value, "unit_id": units[unit], "starts_at": now}
        for badge, role, unit in plan.roles
    ]
    if rows:
        session.execute(insert(RoleGrantRow), rows)
    for badge, role, unit in plan.ends:
        mine = and_(
            RoleGrantRow.person_id == ids[badge],
            RoleGrantRow.role == role.value,
            RoleGrantRow.unit_id == units[unit],
            RoleGrantRow.granted_by.is_(None),
            RoleGrantRow.ends_at.is_(None),
        )
        session.execute(update(RoleGrantRow).where(mine).values(ends_at=now))


def ids_of(session: Session, badges: Iterable[str]) -> dict[str, int]:
    """Ids by badge, as it is written."""
    found: dict[str, int] = {}
    for some in slices(list(badges)):
        rows = session.execute(select(PersonRow.badge, PersonRow.id).where(PersonRow.badge.in_(some)))
        found |= {row.badge: row.id for row in rows}
    return found


def slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """SQLite takes a limited number of values in one statement."""
    for at in range(0, len(values), SLICE):
        yield values[at : at + SLICE]
