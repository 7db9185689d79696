"""`davy import sensors` and `davy hook`. Operator output, in English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.kit.clock import SystemClock
from bot.people.importing.problems import Problems
from bot.sensors.importing import import_sensors
from bot.settings import Settings, load

begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema."""


def sensors_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, one row a sensor; see content/sample/sensors.csv")],
) -> None:
    """Sensors with their limits, over those with the same codes; `closed: yes` takes one away. Nothing is half-imported."""
    problems = Problems(str(file))
    engine = connect(begin().database_url)
    with Session(engine) as session, session.begin():
        count = import_sensors(session, file, SystemClock().now(), problems)
    engine.dispose()
    for problem in problems.found:
        typer.echo(str(problem), err=True)
    if problems:
        typer.echo(f"davy: {len(problems.found)} mistakes; nothing was imported", err=True)
        raise typer.Exit(1)
    typer.echo(f"{count} sensors imported")
