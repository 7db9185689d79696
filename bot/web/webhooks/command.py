"""`davy webhook`: which addresses are told of what. Operator output, in English."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot import outward
from bot.delivery import seals
from bot.kit.clock import SystemClock
from bot.kit.endpoints import Event, Scope
from bot.settings import Settings, load
from bot.web.api.command import Owner, Units, answers_for, known_scopes, stop, transaction
from bot.web.api.model import NAME
from bot.web.webhooks import actions, store
from bot.web.webhooks.model import TEST, Due, State, Webhook
from bot.web.webhooks.sending import send

webhook_app = typer.Typer(help="Addresses that are told of what happens, by signed calls.", no_args_is_help=True)
begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema, and the rooms that follow up."""
events: Callable[[], Mapping[str, Event]] = dict
"""Set at the composition root: what can be told."""
EXTRA = (Scope.NAMES, Scope.WORDS)


@webhook_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What the webhook is called, like ehs")],
    url: Annotated[str, typer.Argument(help="The address that is called")],
    owner: Owner,
    unit: Units,
    event: Annotated[list[str], typer.Option("--event", help="Like hazard.reported, or hazard.* for all of a kind")],
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="names, words: also who, also what was written")
    ] = None,
) -> None:
    """Tell an address of events. Its secret is shown once; whoever is called checks the signature with it."""
    settings, now, scopes = begin(), SystemClock().now(), known_scopes(scope or [])
    if wrong := [each for each in scopes if each not in EXTRA]:
        stop(f"events bring their own scopes; besides there are names and words, not {wrong[0]}")
    names = chosen(event)
    try:
        at = outward.looked_at(url)
    except outward.NotAllowed as error:
        stop(f"{url}: {error}")
    if at.scheme != "https" and not settings.webhook_inside:
        stop(f"{url}: outside the own network only https; see DAVY_WEBHOOK_INSIDE")
    if NAME.fullmatch(name) is None or len(url) > 500:
        stop(f"a name is letters, digits, blanks, . _ - and at most 40 of them, an address has at most 500: {name!r}")
    with transaction(settings) as session:
        who, units = answers_for(session, owner, unit, now)
        own = sorted({*scopes, *(events()[each].scope.value for each in names)})
        secret = actions.make_webhook(session, name, url, who.id, units, names, own, now)
        if secret is None:
            stop(f"there is a webhook called {name!r}: remove it first, or choose another name")
    typer.echo(f"secret: {secret}")
    typer.echo("It is shown this once. Then: davy webhook test " + name)


@webhook_app.command("list")
def list_() -> None:
    """Who is told of what, and how their calls stand."""
    with transaction(begin()) as session:
        counts = store.counts(session)
        for webhook in store.live(session):
            typer.echo(line(webhook, {state: counts.get((webhook.name, state.value), 0) for state in State}))


@webhook_app.command("remove")
def remove(name: Annotated[str, typer.Argument(help="What the webhook is called")]) -> None:
    """Tell an address of nothing any more."""
    with transaction(begin()) as session:
        if not actions.remove_webhook(session, name, SystemClock().now()):
            stop(f"there is no webhook called {name!r}")
    typer.echo("removed")


@webhook_app.command("test")
def test(name: Annotated[str, typer.Argument(help="What the webhook is called")]) -> None:
    """Make one signed call that says nothing, now, and show what came of it."""
    settings, now = begin(), SystemClock().now()
    with transaction(settings) as session:
        due = replace(_of(session, name), id=int(now.timestamp()))  # another each time: what came before is left alone
    said = json.dumps({"type": TEST, "timestamp": now.isoformat(), "data": {}}).encode()
    outcome = send(due, said, inside=settings.webhook_inside)
    if not outcome.good:
        stop(f"{due.url}: {outcome.error or f'HTTP {outcome.status}'}")
    typer.echo(f"{due.url} took it (HTTP {outcome.status})")


def _of(session: Session, name: str) -> Due:
    row = store.named(session, name)
    if row is None:
        stop(f"there is no webhook called {name!r}")
    return Due(0, row.id, row.url, seals.seal().open(row.secret_sealed), TEST, {}, 1)


def chosen(given: list[str]) -> list[str]:
    """Events by name; `hazard.*` is all of a kind. Stops at one that is none."""
    known, found = events(), set[str]()
    for each in given:
        some = [name for name in known if name == each or (each.endswith(".*") and name.startswith(each[:-1]))]
        if not some:
            stop(f"there is no event {each!r}; choose from {', '.join(sorted(known))}")
        found.update(some)
    return sorted(found)


def line(webhook: Webhook, counts: Mapping[State, int]) -> str:
    """A webhook in a line."""
    waits = f", tried again at {webhook.retry_at:%Y-%m-%d %H:%M} UTC" if webhook.retry_at else ""
    stands = ", ".join(f"{n} {state.value}" for state, n in counts.items() if n) or "nothing told yet"
    return f"{webhook.name}: {webhook.url}: {stands}{waits}; {', '.join(webhook.events)}; {', '.join(webhook.scopes)}"
