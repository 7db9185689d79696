"""Questions about the company itself: what its parts are called, what a site says of emergencies, who leads them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from bot.people import counting, oncall, store
from bot.people.model import CrewGroup, Emergency, Person, Post, Role, Unit, UnitKind
from bot.people.tables import CrewGroupRow, PersonRow, PlacementRow, PostRow, UnitRow

SEPARATOR = "/"
"""Between the parts of a unit's name from the site down: `Harbour Works/Warehouse/Dock Team`."""


def named_units(session: Session) -> dict[str, Unit]:
    """All open units by their name from the site down; the company by its own name."""
    found: dict[str, Unit] = {}
    names: dict[int, str] = {}
    for unit in store.units(session):
        above = names.get(unit.parent or 0, "")
        names[unit.id] = (
            "" if unit.kind is UnitKind.COMPANY else (f"{above}{SEPARATOR}{unit.name}" if above else unit.name)
        )
        found[names[unit.id] or unit.name] = unit
    return found


def site_of(session: Session, path: str) -> Unit | None:
    """The site that a unit's path runs through."""
    for id in reversed(store.ancestors(path)):
        unit = store.unit(session, id)
        if unit is not None and unit.kind is UnitKind.SITE:
            return unit
    return None


def emergency(session: Session, path: str) -> Emergency:
    """What the nearest unit above says of emergencies; each part for itself."""
    rows = {row.id: row for row in session.scalars(select(UnitRow).where(UnitRow.id.in_(store.ancestors(path))))}
    chain = [rows[id] for id in store.ancestors(path) if id in rows]
    return Emergency(
        next((row.emergency_number for row in chain if row.emergency_number), None),
        next((row.assembly for row in chain if row.assembly), {}) or {},
    )


def training(session: Session, path: str) -> dict[str, Any]:
    """What the nearest unit above says of induction and of certificates; each part for itself."""
    ids = store.ancestors(path)
    query = select(UnitRow.id, UnitRow.training).where(UnitRow.id.in_(ids), UnitRow.training.is_not(None))
    rows = {row.id: row.training or {} for row in session.execute(query)}
    found: dict[str, Any] = {}
    for id in ids:
        found = rows.get(id, {}) | found
    return found


def alerts(session: Session, path: str, without: Collection[int] = ()) -> dict[str, Any]:
    """What the nearest unit above says of alerts; each part, and each severity's ladder and limit, for itself.

    `without`: units that are passed over.
    """
    ids = [id for id in store.ancestors(path) if id not in without]
    query = select(UnitRow.id, UnitRow.alerts).where(UnitRow.id.in_(ids), UnitRow.alerts.is_not(None))
    rows = {row.id: row.alerts or {} for row in session.execute(query)}
    found: dict[str, Any] = {}
    for said in (rows[id] for id in ids if id in rows):
        both = {key: said[key] | found[key] for key in ("ladder", "due_hours") if key in said and key in found}
        found = said | found | both  # what the nearer unit says goes before
    return found


def alerts_of(session: Session, units: Collection[int]) -> list[dict[str, Any]]:
    """What these units say of alerts themselves."""
    query = select(UnitRow.alerts).where(UnitRow.id.in_(list(units)), UnitRow.alerts.is_not(None))
    return [said or {} for said in session.scalars(query)]


def with_alerts(session: Session) -> set[int]:
    """The units that say something of alerts themselves."""
    return {
        id
        for id, said in session.execute(select(UnitRow.id, UnitRow.alerts).where(UnitRow.alerts.is_not(None)))
        if said
    }


def crew_groups(session: Session, path: str) -> list[CrewGroup]:
    """The groups, with Davy still in them, of the nearest unit above that has any."""
    ids = store.ancestors(path)
    query = select(CrewGroupRow, UnitRow.language).join(UnitRow, UnitRow.id == CrewGroupRow.unit_id)
    rows = session.execute(
        query.where(UnitRow.id.in_(ids), CrewGroupRow.left_at.is_(None)).order_by(CrewGroupRow.id)
    ).all()
    nearest = min((ids.index(group.unit_id) for group, _ in rows), default=0)
    found = [(group, lang) for group, lang in rows if ids.index(group.unit_id) == nearest]
    return [CrewGroup(group.id, group.chat_id, lang) for group, lang in found]


def post(session: Session, code: str) -> Post | None:
    """A post by its code."""
    row = session.get(PostRow, code)
    return Post(row.code, row.name, row.names or {}, tuple(row.topics)) if row else None


def post_labels(session: Session, codes: Iterable[str]) -> dict[str, Any]:
    """Some posts as they are called, all by one statement."""
    wanted = set(codes)
    query = select(PostRow.code, PostRow.name, PostRow.names).where(PostRow.code.in_(wanted))
    return {code: code for code in wanted} | {
        code: dict(names or {}) or name for code, name, names in session.execute(query)
    }


def post_label(session: Session, code: str) -> object:
    """A post as it is called, for a text; posts nobody described are called by their code."""
    known = post(session, code)
    return known.label if known else code


def safety_officers(session: Session, path: str, now: datetime) -> list[Person]:
    """Who looks after safety for a unit: its nearest safety officers, else its managers, else admins."""
    for role in (Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN):
        found = sorted(oncall.holders(session, [role], path, now)[role], key=lambda entry: (entry[1], entry[0].id))
        if found:
            nearest = found[0][1]
            return [person for person, far in found if far == nearest]
    return []


def leaders(
    session: Session,
    path: str,
    now: datetime,
    besides: int | None = None,
    may: Callable[[Person], bool] = lambda _: True,
) -> list[Person]:
    """Who decides for a unit: the nearest supervisors who can be written to and `may`; else those above them."""
    for role in (Role.SUPERVISOR, Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN):
        found = [
            (person, far)
            for person, far in oncall.holders(session, [role], path, now)[role]
            if person.id != besides and store.reachable_chat(session, person.id) is not None and may(person)
        ]
        if found:
            nearest = min(far for _, far in found)
            return sorted((person for person, far in found if far == nearest), key=lambda person: person.id)
    return []


def successor(session: Session, person_id: int) -> int | None:
    """Who takes over what somebody who has left had open; None where nobody was found."""
    return session.scalar(select(PersonRow.successor_id).where(PersonRow.id == person_id))


def spoken(session: Session, now: datetime, paths: Sequence[str]) -> list[str]:
    """The languages that people of some units read. In a whole company nobody is counted for that: one reader is enough."""
    if not any(path.count("/") == COMPANY for path in paths):
        read = languages(session, now, paths)
        return sorted(read, key=lambda lang: (-read[lang], lang))
    known = select(PersonRow.lang).where(PersonRow.left_on.is_(None)).distinct().order_by(PersonRow.lang)
    placed = exists().where(
        PlacementRow.person_id == PersonRow.id, counting.placed(now.date()), counting.inside(paths, wide=True)
    )
    one = select(PersonRow.id).where(PersonRow.left_on.is_(None), PersonRow.lang == bindparam("lang"), placed).limit(1)
    return [lang for lang in session.scalars(known).all() if session.scalar(one, {"lang": lang}) is not None]


COMPANY = 2
"""So many strokes has the path of a company itself."""


def languages(session: Session, now: datetime, paths: Sequence[str]) -> dict[str, int]:
    """How many people at work here today under some paths read which language."""
    return counting.by_language(session, now.date(), paths)
