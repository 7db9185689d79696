"""Importing the company, its people and rosters, with the facts of it. The caller owns the transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ledger.bulk import record_all
from bot.ledger.model import Fact, FactKind
from bot.onboarding import addresses
from bot.onboarding.model import PERSON_ADDED, PERSON_LEFT, PERSON_MOVED, ROLES_IMPORTED
from bot.people import actions, store
from bot.people.company import named_units
from bot.people.importing import calendar
from bot.people.importing import plan as planning
from bot.people.importing import roster as rosters
from bot.people.importing.apply import Applied, apply_company, apply_plan, slices, successors
from bot.people.importing.company import Company, read_company
from bot.people.importing.files import Table, read_table
from bot.people.importing.known import known
from bot.people.importing.plan import Plan
from bot.people.importing.problems import Problem, Problems
from bot.people.tables import PersonRow


class Mistakes(Exception):
    """The files hold mistakes: all of them, in the order of the files. The transaction must not be kept."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(self.problems)} mistakes")


@dataclass(frozen=True)
class Imported:
    """What an import did: the plan, who was touched, what the company file counted."""

    plan: Plan = field(default_factory=Plan)
    applied: Applied = field(default_factory=Applied)
    company: Company | None = None
    days: int = 0


def import_people(
    session: Session, path: Path | None, now: datetime, *, company: Path | None = None, pass_to: int | None = None
) -> Imported:
    """Reads the files and writes what they say. Raises Mistakes. Roll back for a preview: the answer tells the same."""
    about_people = Problems(str(path))
    table = read_table(path, planning.NEEDED, planning.MAY, about_people) if path is not None else None
    return import_table(session, table, about_people, now, company=company, pass_to=pass_to)


def import_table(
    session: Session,
    table: Table | None,
    about_people: Problems,
    now: datetime,
    *,
    company: Path | None = None,
    pass_to: int | None = None,
    guard: Callable[[Plan], Plan] | None = None,
) -> Imported:
    """The same with rows that have been read; `guard` looks at the plan before anything of it is written: it may leave out some
    of it, or raise."""
    today = now.date()
    about_company = Problems(str(company))
    read = read_company(company, about_company) if company is not None else None
    entries: list[planning.Entry] = []
    have = known(session, read, today)
    if table is not None:
        entries = planning.read_people(table, have, about_people)
    if read is not None and not about_company:
        apply_company(session, read, today, about_company)
    if about_company or about_people:
        raise Mistakes([*about_company.found, *about_people.found])
    if table is None:
        return Imported(company=read)
    plan = planning.plan(entries, have, today)
    if guard is not None:
        plan = guard(plan)
    applied = apply_plan(session, plan, today, now, pass_to)
    record_changes(session, applied, now)
    return Imported(plan, applied, read)


def import_roster(session: Session, path: Path, now: datetime) -> Imported:
    """Reads a roster and writes it over what was there for those people and days. Raises Mistakes."""
    problems = Problems(str(path))
    table = read_table(path, rosters.NEEDED, rosters.MAY, problems)
    rows = session.execute(select(PersonRow.badge, PersonRow.id).where(PersonRow.left_on.is_(None)))
    people = {badge.lower(): id for badge, id in rows}
    roster = rosters.read_roster(table, people, frozenset(store.shifts(session)), problems)
    if problems:
        raise Mistakes(problems.found)
    return Imported(days=rosters.apply_roster(session, roster))


def import_calendar(session: Session, path: Path, now: datetime) -> Imported:
    """Reads public holidays and the days worked in their place, over what was there for those dates. Raises Mistakes."""
    problems = Problems(str(path))
    table = read_table(path, calendar.NEEDED, calendar.MAY, problems)
    units = {name: unit.id for name, unit in named_units(session).items()}
    days = calendar.read_calendar(table, units, problems)
    if problems:
        raise Mistakes(problems.found)
    return Imported(days=calendar.apply_calendar(session, days))


def record_changes(session: Session, applied: Applied, now: datetime) -> None:
    """The facts of an import. Rooms follow up on them by themselves."""
    on = now.date().isoformat()
    _record(session, PERSON_ADDED, (*applied.joined, *applied.returned), "added", on, now)
    _record(session, PERSON_MOVED, applied.moved, "moved", on, now)
    _record(session, PERSON_LEFT, applied.left, "left", on, now)
    _record(session, ROLES_IMPORTED, applied.roles, "roles", now.isoformat(), now)
    addresses.tell_changed(session, applied.addresses, now)


def leave_on_their_day(session: Session, now: datetime, most: int = 200) -> bool:
    """Those whose last day was announced and has come leave; True while there may be more."""
    today: date = now.date()
    query = select(PersonRow.id).where(PersonRow.leaves_on <= today, PersonRow.left_on.is_(None)).limit(most)
    ids = list(session.scalars(query))
    for id, heir in successors(session, ids, now).items():
        session.get_one(PersonRow, id).successor_id = heir
    session.flush()
    actions.leave_company(session, ids, today, now)
    record_changes(session, Applied(left=tuple(ids)), now)
    return len(ids) == most


def _record(session: Session, kind: FactKind, ids: tuple[int, ...], word: str, on: str, now: datetime) -> None:
    for some in slices(ids):
        where = _where(session, some, now)
        record_all(
            session, [Fact(kind, f"{word}:{id}:{on}", now, id, *where.get(id, (None, None))) for id in some], now
        )


def _where(session: Session, ids: Sequence[int], now: datetime) -> dict[int, tuple[int, str]]:
    rows = session.execute(store.people_on.where(PersonRow.id.in_(ids)), {"on": now.date()})
    return {row.id: (row.unit, row.post) for row in rows}
