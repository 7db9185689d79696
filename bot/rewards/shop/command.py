"""`davy import rewards`. Operator output, in English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.kit.clock import SystemClock
from bot.people import store as people
from bot.rewards.shop import rules, sheet, taking
from bot.settings import Settings, load

begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema."""


def rewards_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; see content/sample/rewards.csv")],
    by: Annotated[str, typer.Option(help="badge of whoever answers for it: only units whose points they look after")],
) -> None:
    """A catalogue of rewards, as from the chat: what is there is changed, nothing taken away; with a mistake nothing is taken."""
    engine, now = connect(begin().database_url), SystemClock().now()
    try:
        with Session(engine) as session, session.begin():
            who = people.person_by_badge(session, by, now)
            viewer = people.viewer(session, who.id, now) if who is not None else None
            if viewer is None or not viewer.anywhere(rules.KEEPER):
                raise _stopped([f"--by {by}: nobody with this badge looks after anybody's points"])
            if not file.is_file():
                raise _stopped([f"{file}: there is no such file"])
            found = sheet.read(str(file), file.read_bytes(), taking.known(session, viewer))
            if found.wrong:
                raise _stopped([*found.wrong, f"davy: {len(found.wrong)} mistakes; nothing was imported"])
            new = taking.put_all(session, viewer, found.lines, now.isoformat(), now)
    finally:
        engine.dispose()
    typer.echo(f"{len(found.lines)} rewards imported, {new} of them new")


def _stopped(lines: list[str]) -> typer.Exit:
    for line in lines:
        typer.echo(line, err=True)
    return typer.Exit(1)
