"""`davy import equipment` and `davy import budget`. Operator output, in English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.i18n.say import render
from bot.kit.clock import SystemClock
from bot.kit.errors import Refused
from bot.library.intake import MOST_BYTES, Read
from bot.library.table_book import TableBook
from bot.library.tabled import read_apart
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Role
from bot.resources.budget import sheet as budget_sheet
from bot.resources.equipment import sheet as equipment_sheet
from bot.resources.putting import budget_known, equipment_known, put_budget, put_equipment
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
        person, found = _read(engine, file, by, Role.SAFETY_OFFICER, equipment_known, equipment_sheet, marked)
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
        person, found = _read(engine, file, by, Role.MANAGER, budget_known, budget_sheet, marked)
        with Session(engine) as session, session.begin():
            put_budget(session, person, found.entries, SystemClock().now())
    except Refused as refused:
        raise _stopped([f"{file}: {render(refused.text, 'en')}", "davy: nothing was imported"]) from None
    finally:
        engine.dispose()
    typer.echo(f"{len(found.entries)} rows of the budget imported")


def _read(
    engine: Engine, file: Path, by: str, role: Role, known: Callable[[Session, int, Any], Any], sheet: Any,
    marked: Path | None,
) -> tuple[int, Read]:  # fmt: skip
    """Whoever answers for it, and what the file holds. Ends the command where something is wrong."""
    now = SystemClock().now()
    with Session(engine) as session:
        who = people.person_by_badge(session, by, now)
        if who is None or not speaking.paths(session, who.id, role, now):
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
