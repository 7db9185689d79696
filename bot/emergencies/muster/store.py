"""Questions about musters. All counts of one answer come from one statement, so that they belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db.among import among
from bot.db.once import table_of
from bot.db.reading import shared
from bot.delivery.tables import SentMessageRow
from bot.emergencies.muster.model import Answer, Counts, Entry, Muster
from bot.emergencies.muster.tables import MusterGuestRow, MusterRosterRow, MusterRow
from bot.people.model import Role, Viewer
from bot.people.store import ancestors, people_on
from bot.people.tables import AccountRow, PersonRow, RoleGrantRow, UnitRow

_r, _g = table_of(MusterRosterRow), table_of(MusterGuestRow)
_counts = (
    select(_r.c.unit_id, _r.c.state, func.count())
    .where(_r.c.muster_id == bindparam("muster"))
    .group_by(_r.c.unit_id, _r.c.state)
    .union_all(
        select(literal(0), _g.c.state, func.count()).where(_g.c.muster_id == bindparam("muster")).group_by(_g.c.state)
    )
)
GUESTS = 0
"""The place of guests among the units."""
_theirs = select(_r.c.person_id, _r.c.unit_id, _r.c.state).where(
    _r.c.muster_id == bindparam("muster"), among(_r.c.person_id, "persons")
)


def muster(session: Session, id: int) -> Muster | None:
    """A muster by its number."""
    row = session.get(MusterRow, id, populate_existing=True)
    return as_muster(row) if row else None


def musters(session: Session, ids: Sequence[int]) -> dict[int, Muster]:
    """Musters by number."""
    return {row.id: as_muster(row) for row in session.scalars(select(MusterRow).where(MusterRow.id.in_(ids)))}


def as_muster(row: MusterRow) -> Muster:
    """A row as a value."""
    return Muster(
        row.id, row.unit_id, row.path, row.real, row.everybody, row.open_unit is not None, row.started_by, row.started_at,
        row.round, row.round_at, row.planned, row.closed_at, row.lessons,
    )  # fmt: skip


def running(session: Session, most: int = 50) -> list[MusterRow]:
    """The rows of those that are open."""
    return list(session.scalars(select(MusterRow).where(MusterRow.open_unit.is_not(None)).limit(most)))


def concerning(session: Session, path: str) -> list[Muster]:
    """Open ones of the units that somebody works in."""
    return [as_muster(row) for row in session.scalars(_concerning, {"units": ancestors(path)})]


_concerning = select(MusterRow).where(among(MusterRow.open_unit, "units")).order_by(MusterRow.id)


def under(session: Session, paths: Sequence[str], most: int = 20) -> list[Muster]:
    """Of some units and their parts: those that run first, then the newest."""
    if not paths:
        return []
    near = or_(*(MusterRow.path.startswith(path, autoescape=True) for path in paths))
    query = select(MusterRow).where(near).order_by(MusterRow.open_unit.is_(None), MusterRow.started_at.desc())
    return [as_muster(row) for row in session.scalars(query.limit(most))]


def by_unit(session: Session, muster: int) -> dict[int, Counts]:
    """How many gave which answer, by unit; guests under GUESTS."""
    return shared(session, ("muster", muster), lambda: _by_unit(session, muster))


def _by_unit(session: Session, muster: int) -> dict[int, Counts]:
    found: dict[int, dict[str, int]] = {}
    for unit, state, count in session.execute(_counts, {"muster": muster}):
        found.setdefault(unit, {})[state] = count
    return {unit: Counts(**states) for unit, states in found.items()}


def total(counts: Mapping[int, Counts]) -> Counts:
    """All of them together."""
    values = list(counts.values())
    return Counts(*(sum(getattr(each, state.value) for each in values) for state in (
        Answer.SAFE, Answer.HELP, Answer.ABSENT, Answer.SILENT)))  # fmt: skip


def on_roster(session: Session, muster: int, persons: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Those of some people who are on a roster: their unit and answer."""
    found = session.execute(_theirs, {"muster": muster, "persons": list(persons)})
    return {row.person_id: (row.unit_id, row.state) for row in found}


def leads(path: str, now: datetime) -> ColumnElement[bool]:
    """SQL on `people_on`: whether somebody leads a unit of a muster or a part of it."""
    over = aliased(UnitRow)
    held = and_(
        RoleGrantRow.person_id == PersonRow.id,
        RoleGrantRow.role.in_((Role.SUPERVISOR.value, Role.SAFETY_OFFICER.value, Role.MANAGER.value)),
        RoleGrantRow.starts_at <= now,
        or_(RoleGrantRow.ends_at.is_(None), RoleGrantRow.ends_at > now),
        over.id == RoleGrantRow.unit_id,
        over.path.startswith(path, autoescape=True),
    )
    return exists().where(held).correlate_except(RoleGrantRow, over)


def members(path: str, now: datetime, leading: bool, after: int, most: int) -> Select[*tuple[object, ...]]:
    """`people_on` for the next people of a unit, those who lead or the others."""
    there = UnitRow.path.startswith(path, autoescape=True)
    whether = leads(path, now) if leading else ~leads(path, now)
    return (
        people_on.where(there, PersonRow.left_on.is_(None), PersonRow.id > after, whether)
        .order_by(PersonRow.id)
        .limit(most)
    )


def silent(session: Session, muster: int, rank: int, after: int, most: int) -> list[tuple[int, str]]:
    """The next people with a phone who have not answered, and where they work."""
    still = (_r.c.muster_id == muster, _r.c.state == Answer.SILENT.value, _r.c.phone, _r.c.rank == rank)
    query = select(_r.c.person_id, _r.c.path).where(*still, _r.c.person_id > after).order_by(_r.c.person_id).limit(most)
    return [(row.person_id, row.path) for row in session.execute(query)]


def with_phone(session: Session, muster: int, after: int, most: int) -> list[int]:
    """The next people of a roster who were called."""
    query = select(_r.c.person_id).where(_r.c.muster_id == muster, _r.c.phone, _r.c.person_id > after)
    return list(session.scalars(query.order_by(_r.c.person_id).limit(most)))


def may_mark(viewer: Viewer, found: Muster) -> ColumnElement[bool]:
    """SQL on the roster: whose answers somebody may give for them. Whoever started it may for all."""
    if viewer.person == found.started_by:
        return literal(True)
    return or_(literal(False), *(_r.c.path.startswith(path, autoescape=True) for path in viewer.paths(Role.SUPERVISOR)))


def leads_in(viewer: Viewer | None, found: Muster) -> bool:
    """Whether somebody may see the board: whoever started it, or leads the unit, a part of it, or what it lies in."""
    if viewer is None:
        return False
    paths = viewer.paths(Role.SUPERVISOR)
    return viewer.person == found.started_by or any(
        found.path.startswith(path) or path.startswith(found.path) for path in paths
    )


def commands(viewer: Viewer | None, found: Muster) -> bool:
    """Whether somebody may call again and end it."""
    return viewer is not None and (viewer.person == found.started_by or viewer.holds(Role.SUPERVISOR, found.path))


def missing(session: Session, viewer: Viewer, found: Muster, skip: int, most: int) -> list[Entry]:
    """Whoever needs help, then whoever is not accounted for (those without a phone first), as far as somebody may mark them."""
    open_ = (Answer.HELP.value, Answer.SILENT.value)
    # a page of them is found on the roster alone, and only then are they named: of ten thousand nobody need be sorted by name
    query = (
        select(_r.c.person_id, _r.c.unit_id, _r.c.state, _r.c.phone)
        .where(_r.c.muster_id == found.id, _r.c.state.in_(open_), may_mark(viewer, found))
        .order_by(_r.c.state, _r.c.phone, _r.c.unit_id, _r.c.person_id)
    )
    page = session.execute(query.offset(skip).limit(most)).all()
    named = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_([row.person_id for row in page]))
    names = {row.id: row.name for row in session.execute(named)} if page else {}
    people = [
        Entry(names.get(row.person_id, ""), Answer(row.state), row.unit_id, row.phone, person=row.person_id)
        for row in page
    ]
    if len(people) == most:
        return people
    guests = select(_g).where(_g.c.muster_id == found.id, _g.c.state.in_(open_)).order_by(_g.c.state, _g.c.id)
    before = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    more = guests.offset(max(0, skip - before)).limit(most - len(people))
    return people + [
        Entry(row.name or row.kind, Answer(row.state), GUESTS, False, guest=row.id) for row in session.execute(more)
    ]


def guests(session: Session, muster: int) -> int:
    """How many guests were added."""
    return session.scalar(select(func.count()).select_from(MusterGuestRow).where(_g.c.muster_id == muster)) or 0


def phones(session: Session, path: str, now: datetime) -> tuple[int, int]:
    """How many people work in a unit, and how many of them a message can reach."""
    reached = exists().where(
        AccountRow.person_id == PersonRow.id, AccountRow.closed_at.is_(None), AccountRow.blocked_at.is_(None)
    )
    here = people_on.where(UnitRow.path.startswith(path, autoescape=True), PersonRow.left_on.is_(None))
    counted = here.with_only_columns(
        func.count(), func.count().filter(reached.correlate_except(AccountRow)), maintain_column_froms=True
    )
    everybody, with_phone = session.execute(counted, {"on": now.date()}).one()
    return everybody, with_phone


def helpers(session: Session, found: Muster, path: str) -> list[int]:
    """Who hears that somebody needs help: the wardens of their unit on the roster, and whoever started the muster."""
    wardens = select(_r.c.person_id, _r.c.path).where(_r.c.muster_id == found.id, _r.c.rank == 0, _r.c.phone)
    near = [row.person_id for row in session.execute(wardens) if path.startswith(row.path)]
    return sorted({found.started_by, *near})


def watchers(session: Session, found: Muster) -> int:
    """On how many phones its board stands."""
    return session.scalar(select(func.count()).where(SentMessageRow.ref == found.board)) or 0


def seconds(session: Session, found: Muster) -> list[int]:
    """After how many seconds each who is accounted for was so. Answers come many at once, so instants are few."""
    known = (
        select(_r.c.first_at, func.count()).where(_r.c.muster_id == found.id, _r.c.first_at.is_not(None)),
        select(_g.c.first_at, func.count()).where(_g.c.muster_id == found.id, _g.c.first_at.is_not(None)),
    )
    counted = [row for query in known for row in session.execute(query.group_by(query.selected_columns[0]))]
    return [max(0, int((at - found.started_at).total_seconds())) for at, count in counted for _ in range(count)]
