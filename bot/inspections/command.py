"""`davy import checklists`, `davy export checklists` and `davy verify-pack`. Operator output, in English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.inspections import actions, keeping, sheet, store
from bot.inspections.reader_child import read_file
from bot.inspections.visits.pack import problems_of
from bot.kit.clock import SystemClock
from bot.kit.errors import Refused
from bot.people import store as people
from bot.settings import Settings, load

begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema."""


def checklists_(
    files: Annotated[list[Path], typer.Argument(help="YAML, XLSX or CSV; see content/checklists")],
    badge: Annotated[
        str, typer.Option("--as", help="The badge of a leader: the lists stand on the shelf of what they lead")
    ],
) -> None:
    """Checklists, as drafts that somebody has to adopt; a known one gets a new version. Nothing is half-imported."""
    wrong, lists = [], []
    for file in files:
        found = read_file(file.name, file.read_bytes())
        wrong += [f"{file}:{sheet.sentence(each, 'en')}" for each in found.wrong]
        wrong += [f"{file}:{found.broken}"] if found.broken else []
        lists += found.lists
    for line in wrong:
        typer.echo(line, err=True)
    if wrong:
        typer.echo(f"davy: {len(wrong)} mistakes; nothing was imported", err=True)
        raise typer.Exit(1)
    engine, now = connect(begin().database_url), SystemClock().now()
    try:
        with Session(engine) as session, session.begin():
            who = people.person_by_badge(session, badge, now)
            if who is None:
                raise Refused("inspections.only_leaders")
            new, renewed = actions.put(session, lists, who.id, now)
    except Refused as refused:
        typer.echo(f"davy: {refused.text.key.rpartition('.')[2]}: {dict(refused.text.params)}", err=True)
        raise typer.Exit(1) from None
    finally:
        engine.dispose()
    typer.echo(f"{new} new checklists, {renewed} new versions")


def export_checklist(
    code: Annotated[str, typer.Argument(help="The id of a checklist")],
    out: Annotated[Path, typer.Option(help="The file to write: .yaml or .xlsx")],
) -> None:
    """The newest version of a checklist as a file; read again it is the same."""
    engine = connect(begin().database_url)
    with Session(engine) as session:
        kept = store.by_code(session, code)
        said = store.content(session, kept.id, kept.version) if kept is not None else None
    engine.dispose()
    if said is None:
        typer.echo(f"davy: there is no checklist {code!r}", err=True)
        raise typer.Exit(1)
    out.write_bytes(sheet.to_workbook([said], "en") if out.suffix == ".xlsx" else keeping.to_yaml(said))
    typer.echo(f"{out}: {len(said.items)} items")


def verify_pack(file: Annotated[Path, typer.Argument(help="An evidence pack (.zip)")]) -> None:
    """Whether every file of an evidence pack is there and as its manifest says; exit 1 if not."""
    wrong = problems_of(file.read_bytes())
    for line in wrong:
        typer.echo(f"{file}:{line}", err=True)
    if wrong:
        raise typer.Exit(1)
    typer.echo(f"{file}: every file is there and as its manifest says")
