"""`davy import risks`. Operator output, in English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.kit.clock import SystemClock
from bot.library.intake import MOST_BYTES
from bot.people import store as people
from bot.risks import book, store, taking
from bot.risks.putting import put
from bot.risks.sheet import RiskEntry
from bot.settings import Settings, load

begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema."""
SLICE = 100


def risks_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; see content/sample/risks.csv")],
    by: Annotated[str, typer.Option(help="badge of whoever answers for it: only units that they lead are taken")],
    marked: Annotated[
        Path | None, typer.Option(help="with mistakes: writes the file here as XLSX, its wrong cells marked")
    ] = None,
) -> None:
    """Risks into the register, as from the chat: what is there is changed, nothing taken away; with a mistake nothing is taken."""
    engine = connect(begin().database_url)
    try:
        person, found = _read(engine, file, by, marked)
        controls = sum(_put(engine, person, found, at) for at in range(0, len(found), SLICE))
        with Session(engine) as session, session.begin():
            now = SystemClock().now()
            taking.imported(session, person, f"risks-import:{now.isoformat()}", len(found), controls, now)
    finally:
        engine.dispose()
    typer.echo(f"{len(found)} risks imported; controls new or changed: {controls}")


def _read(engine: Engine, file: Path, by: str, marked: Path | None) -> tuple[int, list[RiskEntry]]:
    """Whoever answers for it, and the risks of the file. Ends the command where something is wrong."""
    now = SystemClock().now()
    with Session(engine) as session:
        who = people.person_by_badge(session, by, now)
        if who is None or not store.led(session, who.id, now):
            raise _stopped([f"--by {by}: nobody with this badge leads anybody"])
        known = taking.known(session, who.id, now)
    if not file.is_file():
        raise _stopped([f"{file}: there is no such file"])
    if file.stat().st_size > MOST_BYTES:
        raise _stopped([f"{file}: the file is larger than {MOST_BYTES // 1_000_000} MB"])
    found = taking.INTAKE.read(file.name, file.read_bytes(), known)
    if found.broken:
        raise _stopped([f"{file}: {found.broken}"])
    if found.wrong and found.table is not None:
        if marked is not None:
            marked.write_bytes(book.BOOK.marked(found.table, found.wrong, "en"))
        lines = [f"{file}: row {each.row + 2}, {each.column}: {book.sentence(each, 'en')}" for each in found.wrong]
        raise _stopped([*lines, f"davy: {len(lines)} mistakes; nothing was imported"])
    return who.id, found.entries


def _put(engine: Engine, person: int, found: list[RiskEntry], at: int) -> int:
    with Session(engine) as session, session.begin():
        return put(session, person, found[at : at + SLICE], SystemClock().now())


def _stopped(lines: list[str]) -> typer.Exit:
    for line in lines:
        typer.echo(line, err=True)
    return typer.Exit(1)
