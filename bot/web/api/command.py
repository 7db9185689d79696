"""`davy token`: tokens for other programs. Operator output, in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, NoReturn

import typer
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.kit.clock import SystemClock
from bot.kit.endpoints import SAYS, Scope
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Person
from bot.settings import Settings, load
from bot.web.api import actions, store
from bot.web.api.model import MOST_DAYS, NAME, ROOT, Token

token_app = typer.Typer(help="Tokens with which other programs call Davy.", no_args_is_help=True)
begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema, and the rooms that follow up."""

Name = Annotated[str, typer.Argument(help="What the token is called, like payroll")]
Owner = Annotated[str, typer.Option("--for", help="Badge of who answers for it: an administrator over the units")]
_REACH = "What it reaches, with all below: the company's name, or Site/Workshop/Team"
Units = Annotated[list[str], typer.Option("--unit", help=_REACH)]


@token_app.command("add")
def add(
    name: Name,
    owner: Owner,
    unit: Units,
    scope: Annotated[list[str], typer.Option("--scope", help=", ".join(SAYS))],
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How long it works")] = 365,
) -> None:
    """Make a token. It is shown once and kept nowhere."""
    settings, now = begin(), SystemClock().now()
    scopes = known_scopes(scope)
    with transaction(settings) as session:
        who, units = answers_for(session, owner, unit, now)
        if NAME.fullmatch(name) is None:
            stop(f"a name is letters, digits, blanks, . _ - and at most 40 of them: {name!r}")
        word = actions.make_token(session, name, who.id, units, scopes, days, now)
        if word is None:
            stop(f"there is a token called {name!r}: revoke it first, or choose another name")
    typer.echo(f"token: {word}")
    typer.echo(f"address: {settings.address}{ROOT}")
    typer.echo("It is shown this once. Keep it where the other program keeps its secrets.")


@token_app.command("list")
def list_() -> None:
    """What is open to other programs, who answers for it, when it was used."""
    now = SystemClock().now()
    with transaction(begin()) as session:
        for token in store.tokens(session):
            typer.echo(line(session, token, now))


@token_app.command("revoke")
def revoke(name: Name) -> None:
    """End a token at once."""
    with transaction(begin()) as session:
        if not actions.revoke_token(session, name, SystemClock().now()):
            stop(f"no token that works is called {name!r}")
    typer.echo("revoked")


def line(session: Session, token: Token, now: datetime) -> str:
    """A token in a line."""
    who = people.person(session, token.owner, now)
    names = {unit.id: name for name, unit in named_units(session).items()}
    state = "revoked" if token.revoked_at else "over" if token.expires_at <= now else "works"
    if state == "works" and not store.reached(session, token.owner, token.units, now):
        state = "asleep: nobody answers for it"
    used = f"used {token.used_at:%Y-%m-%d}" if token.used_at else "never used"
    return (
        f"{token.name}: {state}, until {token.expires_at:%Y-%m-%d}, {used}, for {who.name if who else '?'}, "
        f"{', '.join(names.get(id, '?') for id in token.units)}; {', '.join(token.scopes)}"
    )


def known_scopes(given: list[str]) -> list[str]:
    """Scopes as they are written. Stops at one that is none."""
    for each in given:
        if each not in set(Scope):
            stop(f"there is no scope {each!r}; choose from {', '.join(Scope)}")
    return sorted(set(given))


def answers_for(session: Session, badge: str, units: list[str], now: datetime) -> tuple[Person, list[int]]:
    """Who answers for a token or webhook, and its units by number. Stops where they are no administrator there."""
    who = people.person_by_badge(session, badge, now)
    if who is None or who.left_on is not None:
        stop(f"nobody who works here has the badge {badge!r} (--for)")
    known = named_units(session)
    if wrong := [each for each in units if each not in known]:
        stop(f"there is no unit {wrong[0]!r}; write it like one of these: {', '.join(list(known)[:8])}")
    ids = sorted({known[each].id for each in units})
    if len(store.reached(session, who.id, ids, now)) < len(ids):
        stop(f"{who.name} is not an administrator there: /grant in the chat, or name somebody who is (--for)")
    return who, ids


@contextmanager
def transaction(settings: Settings) -> Iterator[Session]:
    """All of it or nothing."""
    engine = connect(settings.database_url)
    try:
        with Session(engine) as session, session.begin():
            yield session
    finally:
        engine.dispose()


def stop(words: str) -> NoReturn:
    """One line, and nothing is kept."""
    typer.echo(f"davy: {words}", err=True)
    raise typer.Exit(1)
