"""`davy sign-out`: for whoever runs the machine, when nobody else can help somebody. Operator output, in English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.kit.clock import SystemClock
from bot.people import store as people
from bot.settings import Settings, load
from bot.web import actions
from bot.web.factor import actions as factors

begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema, and the rooms that follow up."""


def sign_out(
    badge: Annotated[str, typer.Argument(help="Whose sessions on the dashboard end")],
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Also remove their second factor: phone and recovery codes are lost")
    ] = False,
) -> None:
    """Ends somebody's sessions on the dashboard, and the link that they have not opened yet."""
    engine, now = connect(begin().database_url), SystemClock().now()
    with Session(engine) as session, session.begin():
        who = people.person_by_badge(session, badge, now)
        ended = actions.sign_out_everywhere(session, who.id, now, by_other=True) if who is not None else 0
        removed = second_factor and who is not None and factors.remove(session, who.id, now, by_other=True)
    engine.dispose()
    if who is None:
        typer.echo(f"davy: nobody has the badge {badge!r}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{ended} sessions ended" + ("; their second factor is removed" if removed else ""))
