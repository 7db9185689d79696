"""`davy schedule`: what is planned when, and a run by hand. Operator output, in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, NoReturn

import typer
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.delivery import schedules, timing
from bot.delivery.schedules import Schedule
from bot.kit.clock import SystemClock, local
from bot.settings import Settings, load

schedule_app = typer.Typer(help="What happens at a time of its own: the daily push, digests.", no_args_is_help=True)
begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema, and the rooms with their schedules."""

Key = Annotated[str, typer.Argument(help="The schedule, as `davy schedule list` names it")]
HEAD = ("schedule", "when", "zone", "for", "caught up within", "next", "last run")


@schedule_app.command("list")
def list_() -> None:
    """Every schedule: when, in which zone, for whom, its next time and its last run."""
    now = SystemClock().now()
    with _session() as session:
        lines = [_line(session, each, now) for each in schedules.all_schedules(session)]
    for line in _aligned([HEAD, *lines]):
        typer.echo(line)


@schedule_app.command("next")
def next_(
    key: Annotated[str | None, typer.Argument(help="One schedule; left out, all")] = None,
    count: Annotated[int, typer.Option(min=1, max=100, help="How many times")] = 5,
) -> None:
    """The next times, in the schedule's own zone and in UTC: look here after a change of clocks."""
    now = SystemClock().now()
    with _session() as session:
        chosen = [_known(session, key)] if key else schedules.all_schedules(session)
    lines = [
        (each.key, f"{local(at.at, each.zone):%a %Y-%m-%d %H:%M} {each.zone}", f"{at.at:%Y-%m-%d %H:%MZ}")
        for each in chosen
        for at in timing.coming(each.when, each.zone, now, count)
    ]
    lines += [(each.key, "everybody at their own hour", "") for each in chosen if each.timing == timing.OWN_HOURS]
    for line in _aligned(lines):
        typer.echo(line)


@schedule_app.command("run")
def run_(
    key: Key, again: Annotated[bool, typer.Option("--again", help="Also if today's run is there already")] = False
) -> None:
    """Runs a schedule now, as today's run; whoever serves plans it within seconds. Nobody gets today's message twice."""
    now = SystemClock().now()
    with _session() as session:
        chosen = _known(session, key)
        if chosen.timing == timing.OWN_HOURS:
            count = schedules.hurry(session, key, now)
            typer.echo(f"{key}: all who are due now are looked at once more ({count} groups)")
            return
        here = local(now, chosen.zone)
        name = f"{here:%Y-%m-%d}" + (f"+{here:%H:%M:%S}" if again else "")
        if not schedules.start(session, key, name, now, now):
            _stop(f"{key} has run on {name}; to run it once more, add --again")
        typer.echo(f"{key}: begun as the run of {name}; the serving process plans it")


@schedule_app.command()
def pause(key: Key) -> None:
    """Nothing more is planned by a schedule until it is resumed."""
    with _session() as session:
        schedules.pause(session, _known(session, key).key, SystemClock().now())
    typer.echo(f"{key} is paused")


@schedule_app.command()
def resume(key: Key) -> None:
    """Lets a paused schedule go on. What came due meanwhile is caught up only within its time."""
    with _session() as session:
        schedules.pause(session, _known(session, key).key, None)
    typer.echo(f"{key} goes on")


def _line(session: Session, each: Schedule, now: datetime) -> tuple[str, ...]:
    coming = timing.coming(each.when, each.zone, now)
    soon = f"{local(coming[0].at, each.zone):%a %Y-%m-%d %H:%M}" if coming else "-"
    last = schedules.last_run(session, each.key)
    ran = "never" if last is None else f"{last.key.rpartition(':')[2]} ({last.planned} planned, {last.state})"
    late = f"{each.catch_up}".removesuffix(":00") if each.catch_up < timedelta(days=1) else f"{each.catch_up.days} days"
    if each.timing == timing.OWN_HOURS:
        soon, late = "at everybody's own hour", "-"
    where = "everybody's own" if each.timing == timing.OWN_HOURS else each.zone
    return each.key, each.timing, where, str(each.audience), late, "paused" if each.paused else soon, ran


def _aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)] if lines else []
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _known(session: Session, key: str) -> Schedule:
    found = schedules.schedule(session, key)
    if found is None:
        there = ", ".join(each.key for each in schedules.all_schedules(session)) or "none"
        _stop(f"there is no schedule {key!r}; there are: {there}")
    return found


@contextmanager
def _session() -> Iterator[Session]:
    engine = connect(begin().database_url)
    try:
        with Session(engine) as session, session.begin():
            yield session
    finally:
        engine.dispose()


def _stop(line: str) -> NoReturn:
    typer.echo(f"davy: {line}", err=True)
    raise typer.Exit(1)
