"""`davy import`: the company, its people and rosters from files. Operator output, in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.kit.clock import SystemClock
from bot.onboarding.importing import Imported, Mistakes, import_calendar, import_people, import_roster
from bot.people import store as people
from bot.people.importing.plan import MOST_LEAVERS, Plan
from bot.settings import Settings, load

SHOWN = 20
"""How many of a kind the preview lists by name."""
import_app = typer.Typer(help="The company, its people and rosters from files.", no_args_is_help=True)
begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema, and the rooms that follow up."""

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask")]
CompanyFile = Annotated[Path | None, typer.Option(help="The company file (YAML), read before the people")]


@import_app.command("people")
def people_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, one row a person; see content/sample/people.csv")],
    company: CompanyFile = None,
    yes: Yes = False,
    yes_leavers: Annotated[
        bool, typer.Option("--yes-leavers", help=f"Also if more than {MOST_LEAVERS:.0%} would leave")
    ] = False,
    pass_to: Annotated[str | None, typer.Option(help="Badge of who takes over what the leavers had open")] = None,
) -> None:
    """Joins, moves and leaves as the file has them. First a preview; nothing is half-imported."""
    settings, now = begin(), SystemClock().now()

    def run(session: Session) -> Imported:
        heir = people.person_by_badge(session, pass_to, now) if pass_to else None
        if pass_to and (heir is None or heir.left_on is not None):
            _stop(f"nobody who works here has the badge {pass_to!r} (--pass-to)")
        done = import_people(session, file, now, company=company, pass_to=heir.id if heir else None)
        if heir is not None and heir.id in done.applied.left:
            _stop(f"{pass_to} (--pass-to) is among the leavers")
        return done

    _import(settings, run, lambda done: _preview(done.plan), yes, yes_leavers)


@import_app.command("company")
def company_(
    file: Annotated[Path, typer.Argument(help="The company file; see content/sample/company.yaml")], yes: Yes = False
) -> None:
    """Sites, workshops, teams, places, posts, shifts. Nothing is taken away by it."""
    now = SystemClock().now()
    _import(begin(), lambda session: import_people(session, None, now, company=file), _company, yes, False)


@import_app.command("roster")
def roster_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: badge, date, shift; see content/sample/roster.csv")],
    yes: Yes = False,
) -> None:
    """Who works which shift on which day; replaces what was there for those people and days."""
    now = SystemClock().now()
    _import(begin(), lambda session: import_roster(session, file, now), _roster, yes, False)


@import_app.command("holidays")
def holidays_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: unit, date, name, works; see content/sample/holidays.csv")],
    yes: Yes = False,
) -> None:
    """Public holidays, on which nobody gets a lesson who is not on the roster, and days that are worked in their place."""
    now = SystemClock().now()
    _import(begin(), lambda session: import_calendar(session, file, now), _roster, yes, False)


def _import(
    settings: Settings,
    run: Callable[[Session], Imported],
    preview: Callable[[Imported], Sequence[str]],
    yes: bool,
    yes_leavers: bool,
) -> None:
    """Tries it in a transaction that is taken back, shows what it would do, asks, and does it."""
    with _transaction(settings, keep=False) as session:
        tried = _or_stop(run, session)
    for line in preview(tried):
        typer.echo(line)
    if tried.plan.too_many_leave and not yes_leavers:
        share = f"{len(tried.plan.leaves)} of {tried.plan.staff} people would leave"
        if yes or not typer.confirm(f"{share}. Is that right?"):
            _stop(f"{share}; nothing was changed. If that is right, say so with --yes-leavers")
    if tried.plan.nothing and tried.company is None and not tried.days:
        return
    if not yes and not typer.confirm("Import this?"):
        _stop("nothing was changed")
    with _transaction(settings, keep=True) as session:
        done = _or_stop(run, session)
        if done.plan != tried.plan:
            _stop("the people changed meanwhile; nothing was imported. Please run it again")
    typer.echo("imported")


def _or_stop(run: Callable[[Session], Imported], session: Session) -> Imported:
    try:
        return run(session)
    except Mistakes as mistakes:
        for problem in mistakes.problems:
            typer.echo(str(problem), err=True)
        count = len(mistakes.problems)
        _stop(f"{count} {'mistake' if count == 1 else 'mistakes'}; nothing was imported")


class _TakenBack(Exception):
    """Ends a transaction without keeping it."""


@contextmanager
def _transaction(settings: Settings, keep: bool) -> Iterator[Session]:
    engine = connect(settings.database_url)
    try:
        with Session(engine) as session, session.begin():
            yield session
            if not keep:
                raise _TakenBack
    except _TakenBack:
        pass
    finally:
        engine.dispose()


def _preview(plan: Plan) -> Sequence[str]:
    lines = ["nothing would change"] if plan.nothing else []
    _list(lines, "join", [f"{e.badge} {e.name} ({e.unit})" for e in plan.joins])
    _list(lines, "come back", [f"{e.badge} {e.name} ({e.unit})" for _, e in plan.returns])
    _list(lines, "move", [f"{e.badge} {e.name}: {p.unit}, {p.post} -> {e.unit}, {e.post}" for p, e in plan.moves])
    _list(lines, "change name or shift", [f"{e.badge} {e.name}" for _, e in plan.changes])
    _list(lines, "get a role", [f"{badge}: {role.value} for {unit}" for badge, role, unit in plan.roles])
    _list(lines, "lose a role", [f"{badge}: {role.value} for {unit}" for badge, role, unit in plan.ends])
    _list(lines, "leave", [f"{p.badge} {p.name} ({p.unit}), {on}" for p, on in plan.leaves])
    _list(lines, "will leave later", [f"{p.badge} {p.name}, {on}" for p, on in plan.announced if on is not None])
    _list(lines, "stay though not in the file (administrators)", [f"{p.badge} {p.name}" for p in plan.kept])
    return lines


def _list(lines: list[str], what: str, who: Sequence[str]) -> None:
    if who:
        lines.append(f"{len(who)} {what}:")
        lines += [f"  {each}" for each in who[:SHOWN]]
        if len(who) > SHOWN:
            lines.append(f"  ... and {len(who) - SHOWN} more")


def _company(done: Imported) -> Sequence[str]:
    if done.company is None:
        return []
    c = done.company
    return [f"{len(c.units)} units, {len(c.places)} places, {len(c.posts)} posts, {len(c.shifts)} shifts"]


def _roster(done: Imported) -> Sequence[str]:
    return [f"{done.days} days of work and days off"]


def _stop(line: str) -> NoReturn:
    typer.echo(f"davy: {line}", err=True)
    raise typer.Exit(1)
