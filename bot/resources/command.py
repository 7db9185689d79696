"""`davy import equipment` and `davy import budget`. Operator output, in English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.i18n.say import render
from bot.kit.clock import SystemClock
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library.intake import MOST_BYTES, Read
from bot.library.table_book import TableBook
from bot.library.tabled import read_apart
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Role
from bot.people.tables import PersonRow, PlacementRow, PostRow
from bot.resources import whom
from bot.resources.budget import actions as budget
from bot.resources.budget import sheet as budget_sheet
from bot.resources.equipment import sheet as equipment_sheet
from bot.resources.equipment import stocking
from bot.resources.equipment.model import IMPORTED
from bot.resources.equipment.tables import EquipmentItemRow
from bot.settings import Settings, load

begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema."""
By = Annotated[str, typer.Option(help="badge of whoever answers for it: only their units are taken")]
Marked = Annotated[
    Path | None, typer.Option(help="with mistakes: writes the file here as XLSX, its wrong cells marked")
]


def equipment_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; see content/sample/equipment.csv")],
    by: By,
    marked: Marked = None,
) -> None:
    """Protective equipment and its stock as it was counted; nothing is taken away, and with a mistake nothing is taken."""
    engine = connect(begin().database_url)
    try:
        person, found = _read(engine, file, by, Role.SAFETY_OFFICER, _equipment_known, equipment_sheet, marked)
        with Session(engine) as session, session.begin():
            sizes = put_equipment(session, person, found.entries, SystemClock().now())
    finally:
        engine.dispose()
    typer.echo(f"{len(found.entries)} kinds of equipment imported, in {sizes} sizes")


def budget_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; see content/sample/budget.csv")],
    by: By,
    marked: Marked = None,
) -> None:
    """What is planned, who may approve how much, what an hour of a post costs; with a mistake nothing is taken."""
    engine = connect(begin().database_url)
    try:
        person, found = _read(engine, file, by, Role.MANAGER, _budget_known, budget_sheet, marked)
        with Session(engine) as session, session.begin():
            put_budget(session, person, found.entries, SystemClock().now())
    except Refused as refused:
        raise _stopped([f"{file}: {render(refused.text, 'en')}", "davy: nothing was imported"]) from None
    finally:
        engine.dispose()
    typer.echo(f"{len(found.entries)} rows of the budget imported")


def put_equipment(session: Session, by: int, entries: list[equipment_sheet.Entry], now: Any) -> int:
    """Puts items with their stock in; answers how many sizes they have."""
    for each in entries:
        stocking.put_item(session, by, each.item, each.counted, now)
    sizes = sum(len(each.counted) for each in entries)
    body = {"items": len(entries), "sizes": sizes}
    record(session, Fact(IMPORTED, f"equipment-import:{now.isoformat()}", now, by, body=body), now)
    return sizes


def put_budget(session: Session, by: int, entries: list[budget_sheet.Entry], now: Any) -> None:
    """Puts plans, limits and rates in. Refused where somebody would set a limit of their own rank."""
    for each in entries:
        if each.kind == "plan":
            budget.plan(
                session, by, each.unit, each.year, each.heading, each.currency, each.amount, now, each.alert_at
            )  # fmt: skip
        elif each.kind == "limit":
            budget.set_limit(session, by, each.unit, each.role, each.currency, each.amount, now)
        else:
            budget.set_rate(session, by, each.unit, each.post, each.currency, each.amount, now)


def _equipment_known(session: Session, by: int, now: Any) -> equipment_sheet.Known:
    viewer = people.viewer(session, by, now)
    assert viewer is not None
    units = {
        name: (unit.id, unit.path, unit.language)
        for name, unit in named_units(session).items()
        if viewer.holds(Role.SAFETY_OFFICER, unit.path)
    }
    working = session.execute(select(PersonRow.badge, PersonRow.id).where(PersonRow.left_on.is_(None)))
    badges = {row.badge: row.id for row in working}
    there = session.execute(select(EquipmentItemRow.code, EquipmentItemRow.path)).all()
    taken = {code for code, path in there if not viewer.holds(Role.SAFETY_OFFICER, path)}
    return equipment_sheet.Known(units, badges, frozenset(taken))


def _budget_known(session: Session, by: int, now: Any) -> budget_sheet.Known:
    viewer = people.viewer(session, by, now)
    assert viewer is not None
    units = {name: unit.id for name, unit in named_units(session).items() if viewer.holds(Role.MANAGER, unit.path)}
    posts = {*session.scalars(select(PostRow.code)), *session.scalars(select(PlacementRow.post).distinct())}
    return budget_sheet.Known(units, frozenset(posts))


def _read(
    engine: Engine, file: Path, by: str, role: Role, known: Callable[[Session, int, Any], Any], sheet: Any,
    marked: Path | None,
) -> tuple[int, Read]:  # fmt: skip
    """Whoever answers for it, and what the file holds. Ends the command where something is wrong."""
    now = SystemClock().now()
    with Session(engine) as session:
        who = people.person_by_badge(session, by, now)
        if who is None or not whom.paths(session, who.id, role, now):
            raise _stopped([f"--by {by}: nobody with this badge may do that ({role.value} or more is needed)"])
        names = known(session, who.id, now)
    if not file.is_file():
        raise _stopped([f"{file}: there is no such file"])
    if file.stat().st_size > MOST_BYTES:
        raise _stopped([f"{file}: the file is larger than {MOST_BYTES // 1_000_000} MB"])
    table, broken = read_apart(file.name, file.read_bytes(), sheet.NEEDED, sheet.MAY)
    if table is None:
        raise _stopped([f"{file}: {broken}"])
    found: Read = sheet.checked(table, names)
    if found.wrong:
        book: TableBook = sheet.BOOK
        if marked is not None:
            marked.write_bytes(book.marked(table, found.wrong, "en"))
        lines = [f"{file}: {each.where}, {each.column}: {book.sentence(each, 'en')}" for each in found.wrong]
        raise _stopped([*lines, f"davy: {len(lines)} mistakes; nothing was imported"])
    return who.id, found


def _stopped(lines: list[str]) -> typer.Exit:
    for line in lines:
        typer.echo(line, err=True)
    return typer.Exit(1)
