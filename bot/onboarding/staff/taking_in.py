"""A personnel file at the desk: read apart, compared with what is known, looked at, and applied as a whole or not at all.

It changes who works here, where and as what. Roles in it are left as they are: who may what is never given by a file that
came in through a browser; nor is who signs in as somebody whose word is one of two, without a second person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library.tabled import read_apart
from bot.onboarding import addresses
from bot.onboarding.importing import record_changes
from bot.onboarding.staff import store
from bot.onboarding.staff.model import MOST_BYTES, MOST_ROWS, PEOPLE_IMPORTED
from bot.onboarding.staff.tables import PeopleFileRow
from bot.people import store as people
from bot.people.importing import plan as planning
from bot.people.importing.apply import apply_plan
from bot.people.importing.files import Cell, Record, Table
from bot.people.importing.known import known
from bot.people.importing.plan import Plan
from bot.people.importing.problems import Place, Problems
from bot.people.model import Viewer


@dataclass(frozen=True)
class Looked:
    """What a file would do, its mistakes by line or cell, and a mark of the plan: another plan has another."""

    plan: Plan
    wrong: tuple[dict[str, Any], ...]
    mark: str
    roles: int
    """How many roles differ from those that the file names, and are left as they are."""


def may(session: Session, by: Viewer) -> bool:
    """Whether somebody may apply a personnel file, which speaks of everybody: they look after the people of the company."""
    top = people.company_path(session)
    return top is not None and by.holds(store.CHANGES, top)


def read(name: str, data: bytes) -> dict[str, Any]:
    """The rows of a file as JSON, or what is wrong with it as a whole. Blocking; raises Refused for what is too large."""
    if not data:
        raise Refused("onboarding.staff.no_file").beside("file")
    if len(data) > MOST_BYTES:
        raise Refused("onboarding.staff.too_large", most=MOST_BYTES // 1_000_000).beside("file")
    table, broken = read_apart(name, data, planning.NEEDED, planning.MAY)
    if table is None:
        return {"broken": broken}
    if len(table.records) > MOST_ROWS:
        raise Refused("onboarding.staff.too_many", most=MOST_ROWS).beside("file")
    rows = [
        [list(each.place), [[column, each[column].text, list(each[column].place)] for column in table.columns]]
        for each in table.records
    ]
    return {"columns": list(table.columns), "rows": rows}


def keep(session: Session, by: Viewer, name: str, found: Mapping[str, Any], now: datetime) -> int:
    """Keeps a file until it is applied; one that lay there before goes. Refused: to whoever may apply none."""
    if not may(session, by):
        raise Refused("onboarding.staff.not_yours")
    before = (PeopleFileRow.person_id == by.person, PeopleFileRow.state.in_(("ready", "rejected")))
    session.execute(update(PeopleFileRow).where(*before).values(state="cancelled", found=None))
    row = PeopleFileRow(
        person_id=by.person,
        name=PurePath(name).name[:200] or "people",
        state="ready",
        found=dict(found),
        created_at=now,
    )
    session.add(row)
    session.flush()
    if look(session, found, now).wrong:
        row.state = "rejected"
        session.flush()
    return row.id


def look(session: Session, found: Mapping[str, Any], now: datetime) -> Looked:
    """What a file would do if it were applied now."""
    if found.get("broken"):
        line = {"line": 0, "cell": "", "column": 0, "words": str(found["broken"]), "row": ""}
        return Looked(Plan(), (line,), "", 0)
    problems = Problems("")
    have, table = known(session, None, now.date()), _table(found)
    entries = planning.read_people(table, have, problems)
    if problems:
        rows = {record.place.line: record for record in table.records}
        return Looked(Plan(), tuple(_wrong(each, rows.get(each.place.line), table) for each in problems.found), "", 0)
    whole = planning.plan(entries, have, now.date())
    plan = replace(whole, roles=(), ends=())
    mark = hashlib.sha256(repr(plan).encode()).hexdigest()[:24]
    return Looked(plan, (), mark, len(whole.roles) + len(whole.ends))


def _wrong(problem: Any, record: Record | None, table: Table) -> dict[str, Any]:
    place = problem.place
    row = " | ".join(record[column].text for column in table.columns) if record else ""
    return {"line": place.line, "cell": place.cell, "column": place.column, "words": problem.message, "row": row[:300]}


def _table(found: Mapping[str, Any]) -> Table:
    records = tuple(
        Record({column: Cell(text, Place(*place)) for column, text, place in cells}, Place(*at))
        for at, cells in found["rows"]
    )
    return Table("", tuple(found["columns"]), records)


def apply(session: Session, by: Viewer, id: int, mark: str, leavers: bool, now: datetime) -> None:
    """Applies a file as it was looked at. Raises Refused: it would do something else by now, or more would leave than usual."""
    row = store.file(session, id, by.person)
    if row is None or row.state != "ready" or row.found is None or not may(session, by):
        raise Refused("onboarding.staff.file_gone")
    looked = look(session, row.found, now)
    if looked.wrong or looked.mark != mark:
        raise Refused("onboarding.staff.changed")
    plan = looked.plan
    if any(person.id == by.person for person, _ in plan.leaves):
        raise Refused("onboarding.staff.you_leave")
    if plan.too_many_leave and not leavers:
        raise Refused("onboarding.staff.many_leave", count=len(plan.leaves), staff=plan.staff).beside("leavers")
    which = (PeopleFileRow.id == id, PeopleFileRow.state == "ready")
    if changed(session, update(PeopleFileRow).where(*which).values(state="applied", found=None)) != 1:
        raise Refused("onboarding.staff.file_gone")
    addressed = addresses.guarded(session, plan, now, besides=by.person)
    applied = apply_plan(session, addresses.without(plan, {person.id for person, _ in addressed}), now.date(), now)
    addresses.ask_all(session, by.person, addressed, row.name, now)  # now who returns is here, and can be told
    record_changes(session, applied, now)
    body = {
        "joined": len(applied.joined) + len(applied.returned), "moved": len(applied.moved), "left": len(applied.left),
    }  # fmt: skip
    record(session, Fact(PEOPLE_IMPORTED, f"people-file:{id}", now, by.person, body=body), now)


def give_up(session: Session, by: Viewer, id: int) -> None:
    """It is not applied."""
    which = (PeopleFileRow.id == id, PeopleFileRow.person_id == by.person)
    session.execute(update(PeopleFileRow).where(*which).values(state="cancelled", found=None))
