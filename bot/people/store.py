"""Questions about people, on the hot path built once (long because every room asks something of its own)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.once import table_of
from bot.db.reading import shared
from bot.kit.clock import local_date
from bot.kit.digits import with_digits
from bot.kit.quiet import QuietHours
from bot.people.model import Grant, Person, Place, Role, Shift, Unit, UnitKind, Viewer
from bot.people.rules import within
from bot.people.tables import (
    AccountRow,
    LeaveRow,
    PersonRow,
    PlacementRow,
    PlaceRow,
    RoleGrantRow,
    ShiftRow,
    UnitRow,
)


@dataclass
class Usual:
    """What holds for people of whom nobody said otherwise."""

    quiet: tuple[time, time] = (time(21), time(7))
    push_at: time = time(9)


usual = Usual()
"""As this installation has it; set at the composition root."""

_person_columns = (
    PersonRow.id,
    PersonRow.badge,
    PersonRow.name,
    PersonRow.lang,
    func.coalesce(PersonRow.zone, UnitRow.zone).label("zone"),
    UnitRow.id.label("unit"),
    UnitRow.path,
    UnitRow.jurisdiction,
    PlacementRow.post,
    PersonRow.shift,
    func.coalesce(PersonRow.quiet_start, ShiftRow.quiet_start, UnitRow.quiet_start).label("quiet_start"),
    func.coalesce(PersonRow.quiet_end, ShiftRow.quiet_end, UnitRow.quiet_end).label("quiet_end"),
    PersonRow.push_at,
    PersonRow.left_on,
    PersonRow.unreachable_at,
    PersonRow.pictures,
    UnitRow.firm,
)
_placed = and_(
    PlacementRow.person_id == PersonRow.id,
    PlacementRow.starts_on <= bindparam("on", type_=PlacementRow.starts_on.type),
    or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > bindparam("on", type_=PlacementRow.starts_on.type)),
)
people_on = (
    select(*_person_columns)
    .join(PlacementRow, _placed)
    .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
    .outerjoin(ShiftRow, ShiftRow.code == PersonRow.shift)
)
"""All placed people on the day given as parameter `on`; add `where`, execute, and pass rows to `as_person`."""
_by_id = people_on.where(PersonRow.id == bindparam("id"))
_by_account = people_on.join(AccountRow, AccountRow.person_id == PersonRow.id).where(
    AccountRow.channel == bindparam("channel"),
    AccountRow.user_id == bindparam("user"),
    AccountRow.closed_at.is_(None),
    PersonRow.left_on.is_(None),
)
_by_accounts = (
    people_on.add_columns(AccountRow.user_id)
    .join(AccountRow, AccountRow.person_id == PersonRow.id)
    .where(
        AccountRow.channel == bindparam("channel"),
        among(AccountRow.user_id, "users"),
        AccountRow.closed_at.is_(None),
        PersonRow.left_on.is_(None),
    )
)
_by_ids = people_on.where(among(PersonRow.id, "ids"))
_away = (
    select(LeaveRow.person_id, LeaveRow.deputy_id)
    .where(
        among(LeaveRow.person_id, "ids"),
        LeaveRow.starts_at <= bindparam("now", type_=LeaveRow.starts_at.type),
        or_(LeaveRow.ends_at.is_(None), LeaveRow.ends_at > bindparam("now", type_=LeaveRow.starts_at.type)),
    )
    .order_by(LeaveRow.id)
)
_chats = select(AccountRow.person_id, AccountRow.chat_id).where(
    among(AccountRow.person_id, "ids"),
    AccountRow.channel == bindparam("channel"),
    AccountRow.closed_at.is_(None),
    AccountRow.blocked_at.is_(None),
)
_by_badge = people_on.where(func.lower(PersonRow.badge) == bindparam("badge"))
_by_email = people_on.where(PersonRow.email == bindparam("email"), PersonRow.left_on.is_(None))
_grants = (
    select(RoleGrantRow.role, RoleGrantRow.unit_id, UnitRow.path)
    .join(UnitRow, UnitRow.id == RoleGrantRow.unit_id)
    .where(
        RoleGrantRow.person_id == bindparam("id"),
        RoleGrantRow.starts_at <= bindparam("now", type_=RoleGrantRow.starts_at.type),
        or_(RoleGrantRow.ends_at.is_(None), RoleGrantRow.ends_at > bindparam("now", type_=RoleGrantRow.starts_at.type)),
    )
)


def as_person(row: Any) -> Person:
    """A row of `people_on` as a Person; what was added to its columns is passed over."""
    # by place: by name each column costs as much as the rest together, which a list of a whole company feels
    (
        id, badge, name, lang, zone, unit, path, law, post, shift, quiet_from, quiet_to, push_at, left, lost, pictures, firm, *_,
    ) = row  # fmt: skip
    quiet = QuietHours(quiet_from or usual.quiet[0], quiet_to or usual.quiet[1], zone)
    return Person(
        id, badge, name, lang, zone, unit, path, law, post, shift, quiet, push_at or usual.push_at, left, lost, pictures, firm,
    )  # fmt: skip


def person(session: Session, id: int, now: datetime) -> Person | None:
    """Somebody as they are now, also after they have left; None if there is no such person or placement."""
    return shared(session, ("person", id, now.date()), lambda: _person(session, id, now.date()))


def _person(session: Session, id: int, on: date) -> Person | None:
    row = session.execute(_by_id, {"id": id, "on": on}).first()
    return as_person(row) if row else None


def person_of_account(session: Session, channel: str, user: int, now: datetime) -> Person | None:
    """Whose account this is; None for strangers, closed accounts and people who have left."""
    row = session.execute(_by_account, {"channel": channel, "user": user, "on": now.date()}).first()
    return as_person(row) if row else None


def persons(session: Session, ids: Sequence[int], now: datetime) -> dict[int, Person]:
    """People as they are now, by id."""
    found = session.execute(_by_ids, {"ids": list(ids), "on": now.date()}) if ids else ()
    return {row.id: as_person(row) for row in found}


def persons_of_accounts(session: Session, channel: str, users: Sequence[int], now: datetime) -> dict[int, Person]:
    """Whose accounts these are, by the channel's id; strangers are left out, as in `person_of_account`."""
    values = {"channel": channel, "users": list(users), "on": now.date()}
    found = session.execute(_by_accounts, values) if users else ()
    return {row.user_id: as_person(row) for row in found}


def person_by_badge(session: Session, badge: str, now: datetime) -> Person | None:
    """Somebody by the number on their badge, capitals or not, in whatever digits it was typed."""
    row = session.execute(_by_badge, {"badge": with_digits(badge).strip().lower(), "on": now.date()}).first()
    return as_person(row) if row else None


def lock_person(session: Session, id: int) -> None:
    """Takes the lock under which all of one person happens in one order. SQLite has one writer and needs none."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(PersonRow.id).where(PersonRow.id == id).with_for_update())


def lock_persons(session: Session, ids: Sequence[int]) -> None:
    """The same for many, in one order everywhere, so that two who do this never wait for each other."""
    if ids and session.get_bind().dialect.name == "postgresql":
        query = select(PersonRow.id).where(among(PersonRow.id, "ids"))
        session.execute(query.order_by(PersonRow.id).with_for_update(), {"ids": list(ids)})


def viewer(session: Session, id: int, now: datetime) -> Viewer | None:
    """The rights somebody has right now."""
    return shared(session, ("viewer", id, now), lambda: _viewer(session, id, now))


def _viewer(session: Session, id: int, now: datetime) -> Viewer | None:
    who = person(session, id, now)
    if who is None or who.left_on is not None:
        return None
    found = session.execute(_grants, {"id": id, "now": now})
    grants = tuple(Grant(Role(g.role), g.unit_id, g.path) for g in found)
    if who.firm is not None and grants:
        grants = within(grants, firm_units(session, who.firm))
    return Viewer(id, who.path, grants)


def firm_units(session: Session, firm: str) -> list[tuple[int, str]]:
    """The units of a contractor firm, each with its path: the widest ones, because what lies below them is theirs as well."""
    found = session.execute(select(UnitRow.id, UnitRow.path).where(UnitRow.firm == firm, UnitRow.ends_on.is_(None)))
    paths = {row.path: row.id for row in found}
    return [
        (id, path)
        for path, id in sorted(paths.items())
        if not any(path != other and path.startswith(other) for other in paths)
    ]


def person_by_email(session: Session, email: str, now: datetime) -> Person | None:
    """Whoever works here and has an address; None also where two have it, because one of them is not who signs in."""
    found = session.execute(_by_email, {"email": email.strip().lower(), "on": now.date()}).all()
    return as_person(found[0]) if len(found) == 1 else None


def unit(session: Session, id: int) -> Unit | None:
    """A unit by its id. The parts of a page share it."""
    return shared(session, ("unit", id), lambda: _one_unit(session, id))


def _one_unit(session: Session, id: int) -> Unit | None:
    row = session.get(UnitRow, id)
    return as_unit(row) if row else None


def units(session: Session) -> list[Unit]:
    """All open units, parents before children. The parts of a page share them."""
    return list(shared(session, "units", lambda: _all_units(session)))


def _all_units(session: Session) -> list[Unit]:
    found = [
        Unit(id, parent, _KINDS[kind], name, path, zone, law, lang, code, names or {})
        for id, parent, kind, name, path, zone, law, lang, code, names in session.execute(_units)
    ]
    return sorted(found, key=lambda unit: (unit.path.count("/"), unit.name))


def labels(session: Session, ids: Iterable[int]) -> dict[int, Mapping[str, str] | str]:
    """The names of some units, closed ones too, for a text; to name a few, the thousands of a large company need not be read."""
    rows = session.execute(_labels, {"units": list(set(ids))})
    return {row.id: dict(row.names or {}) or row.name for row in rows}


def at_hand(session: Session, units: Iterable[int], places: Iterable[int]) -> list[object]:
    """Units and places for a list, in two statements; while the answer is held, `unit` and `place` ask for none of them."""
    there, spots = list(set(units)), list(set(places))
    rows = session.scalars(_units_at_hand, {"units": there}).all() if there else ()
    return [*rows, *(session.scalars(_places_at_hand, {"places": spots}) if spots else ())]


_units_at_hand = select(UnitRow).where(among(UnitRow.id, "units"))
_places_at_hand = select(PlaceRow).where(among(PlaceRow.id, "places"))
_labels = select(UnitRow.id, UnitRow.name, UnitRow.names).where(among(UnitRow.id, "units"))
_unit = table_of(UnitRow).c
"""Of thousands of units a few columns: as those of an object each row would take three times as long."""


def open_paths(session: Session) -> dict[int, str]:
    """The paths of all open units by id: all that is asked of thousands of units in most places."""
    return dict(session.execute(select(_unit.id, _unit.path).where(_unit.ends_on.is_(None))).all())


def units_at(session: Session, paths: Iterable[str]) -> list[Unit]:
    """The open units that have these paths themselves, parents before children."""
    wanted = list(paths)
    rows = session.execute(_units_at, {"paths": wanted}) if wanted else ()
    return sorted((as_unit(row) for row in rows), key=lambda unit: (unit.path.count("/"), unit.name))


def parts_of(session: Session, units: Iterable[int]) -> list[Unit]:
    """The open units just below some others."""
    rows = session.execute(_units.where(among(UnitRow.parent_id, "above")), {"above": list(units)})
    return sorted((as_unit(row) for row in rows), key=lambda unit: (unit.path.count("/"), unit.name))


def company_path(session: Session) -> str | None:
    """The path of the company itself: of the widest unit of that kind, of several the first by name."""
    query = select(UnitRow.path, UnitRow.name).where(UnitRow.kind == UnitKind.COMPANY.value, UnitRow.ends_on.is_(None))
    rows = session.execute(query.order_by(UnitRow.path))
    return min(rows, key=lambda row: (row[0].count("/"), row[1]), default=(None, ""))[0]


def some_units(session: Session, ids: Iterable[int]) -> list[Unit]:
    """Those of these units that are open, in the order in which they are asked for."""
    wanted = list(ids)
    rows = session.execute(_some_units, {"ids": wanted}) if wanted else ()
    known = {row.id: as_unit(row) for row in rows}
    return [known[id] for id in wanted if id in known]


def units_under(session: Session, paths: Sequence[str], most: int) -> list[Unit]:
    """The first of `units` that lie under some paths."""
    if not paths:
        return []
    light = select(_unit.id, _unit.path, _unit.name).where(_unit.ends_on.is_(None)).order_by(_unit.path)
    wanted = tuple(paths)
    found = [(path.count("/"), name, id) for id, path, name in session.execute(light).all() if path.startswith(wanted)]
    found.sort(key=lambda each: each[:2])
    return some_units(session, (id for *_, id in found[:most]))


_KINDS = {kind.value: kind for kind in UnitKind}
_units = (
    select(
        UnitRow.id, UnitRow.parent_id, UnitRow.kind, UnitRow.name, UnitRow.path, UnitRow.zone, UnitRow.jurisdiction,
        UnitRow.language, UnitRow.code, UnitRow.names,
    )
    .where(UnitRow.ends_on.is_(None))
    .order_by(UnitRow.path)
)  # fmt: skip
"""As columns and not as objects: a large company has thousands, and most pages ask for their names."""
_units_at = _units.where(among(UnitRow.path, "paths"))
_some_units = _units.where(among(UnitRow.id, "ids"))


def as_unit(row: UnitRow | Row[Any]) -> Unit:
    """A row as a Unit."""
    return Unit(
        row.id, row.parent_id, UnitKind(row.kind), row.name, row.path, row.zone, row.jurisdiction, row.language,
        row.code, row.names or {},
    )  # fmt: skip


def ancestors(path: str) -> list[int]:
    """The unit ids of a path, nearest first: `/1/4/9/` -> [9, 4, 1]."""
    return [int(part) for part in reversed(path.strip("/").split("/"))]


def place_by_code(session: Session, code: str) -> Place | None:
    """A place by what its QR says."""
    row = session.scalar(select(PlaceRow).where(PlaceRow.code == code, PlaceRow.closed_at.is_(None)))
    return as_place(row) if row else None


def place(session: Session, id: int) -> Place | None:
    """A place by its id."""
    row = session.get(PlaceRow, id)
    return as_place(row) if row else None


def places_near(session: Session, path: str, most: int = 12) -> list[Place]:
    """Places of one's own unit first, then of the units above and their other parts (the same site)."""
    ids = ancestors(path)
    site = "/" + "/".join(str(i) for i in reversed(ids[-2:])) + "/"
    found = session.execute(
        select(PlaceRow, UnitRow.path)
        .join(UnitRow, UnitRow.id == PlaceRow.unit_id)
        .where(UnitRow.path.startswith(site), PlaceRow.closed_at.is_(None))
    )
    ranked = sorted(found, key=lambda row: (-_common(row.path, path), row.PlaceRow.name))
    return [as_place(p) for p, _ in ranked[:most]]


def as_place(row: PlaceRow) -> Place:
    """A row as a Place."""
    return Place(row.id, row.unit_id, row.name, row.code, row.names or {})


def _common(one: str, other: str) -> int:
    shared = 0
    for a, b in zip(one.strip("/").split("/"), other.strip("/").split("/"), strict=False):
        if a != b:
            break
        shared += 1
    return shared


def shifts(session: Session) -> dict[str, Shift]:
    """All shifts by code."""
    found = session.scalars(select(ShiftRow))
    return {row.code: Shift(row.code, row.name, row.starts, row.ends, row.names or {}) for row in found}


def deputy(session: Session, person_id: int, now: datetime) -> int | None:
    """Who stands in for somebody who is away: a person's id, 0 where nobody was named, None where they are not away."""
    return deputies(session, [person_id], now).get(person_id)


def deputies(session: Session, ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Those of these people who are away, each with who stands in for them (0: nobody was named)."""
    found = session.execute(_away, {"ids": list(ids), "now": now}) if ids else ()
    return {row.person_id: row.deputy_id or 0 for row in found}


def everyone(session: Session, now: datetime, paths: Sequence[str] = ("/",)) -> list[Person]:
    """All people at work here today whose unit lies under one of the paths."""
    under = or_(*(UnitRow.path.startswith(p) for p in paths))
    found = session.execute(
        people_on.where(under, PersonRow.left_on.is_(None)).order_by(PersonRow.id), {"on": now.date()}
    )
    return [as_person(row) for row in found]


def reachable_chat(session: Session, person_id: int, channel: str = "telegram") -> int | None:
    """The chat where somebody can be written to right now."""
    return reachable_chats(session, [person_id], channel).get(person_id)


def reachable_chats(session: Session, ids: Sequence[int], channel: str = "telegram") -> dict[int, int]:
    """Where those of these people can be written to who can be written to at all."""
    found = session.execute(_chats, {"ids": list(ids), "channel": channel}) if ids else ()
    return {row.person_id: row.chat_id for row in found}


def today_of(who: Person, now: datetime) -> date:
    """The day it is where somebody works."""
    return local_date(now, who.zone)
