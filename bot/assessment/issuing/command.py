"""`davy audit`: whether the ledger and what was issued are as they were; and the key with which others check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot.assessment.issuing import anchors, auditing, signing, snapshot
from bot.db.engine import connect
from bot.db.reading import reading
from bot.kit.clock import SystemClock
from bot.ledger import verifying
from bot.settings import Settings, load

audit_app = typer.Typer(help="Look whether anything was changed.", no_args_is_help=True)
begin: Callable[[], Settings] = load
"""Loads the settings and tells the rooms; set at the composition root."""


@audit_app.command("verify")
def verify(
    heads: Annotated[
        list[Path] | None,
        typer.Option(help="Copies of heads.jsonl or of anchors that were kept elsewhere (repeatable)"),
    ] = None,
    roots: Annotated[
        Path | None, typer.Option(help="Certificates (PEM) by which time stamps are checked; else the setting's")
    ] = None,
) -> None:
    """The ledger's chain, its heads noted outside the database, and every issued period; exit 1 if anything was changed."""
    settings = begin()
    own = anchors.path()
    files = [*(heads or []), *(file for file in (own, settings.anchor_file) if file is not None and file.exists())]
    engine = connect(settings.database_url, readers=1)
    try:
        with reading(engine) as session:
            found = auditing.audit(session, files, roots or settings.anchor_timestamp_roots)
    finally:
        engine.dispose()
    for line in found.problems:
        typer.echo(line, err=True)
    anchors.note_verified(SystemClock().now(), found.ledger.facts, len(found.problems))
    ledger = found.ledger
    typer.echo(
        f"{ledger.blocks} blocks with {ledger.facts} facts ({ledger.erased} erased, {ledger.unsealed} not sealed yet), "
        f"{found.heads} noted heads, {found.snapshots} issued periods"
    )
    if found.stamps:
        typer.echo(found.stamps)
    if not found.heads:
        typer.echo("no head was noted outside the database: that the newest blocks were cut off could not be seen")
    if found.problems:
        typer.echo(f"davy: {len(found.problems)} things were changed", err=True)
        raise typer.Exit(1)
    typer.echo("nothing was changed")


@audit_app.command("head")
def head() -> None:
    """The newest block of the ledger, signed: a line to keep where nobody can change it, for `verify --heads FILE`."""
    settings = begin()
    engine = connect(settings.database_url, readers=1)
    try:
        with Session(engine) as session:
            found = verifying.head(session)
    finally:
        engine.dispose()
    if found is None:
        typer.echo("davy: no block is sealed yet", err=True)
        raise typer.Exit(1)
    body = {"block": found.block, "digest": found.digest, "facts": found.facts}
    typer.echo(signing.signed(body).decode().strip())


@audit_app.command("key")
def key() -> None:
    """The public key with which issued periods are checked (scripts/verify_snapshot.py --key)."""
    begin()
    typer.echo(signing.public_key())


@audit_app.command("snapshot")
def check_snapshot(file: Annotated[Path, typer.Argument(help="A signed file of an issued period")]) -> None:
    """Whether a signed file is ours, unchanged, and adds up; exit 1 if not. Without Davy: scripts/verify_snapshot.py."""
    begin()
    try:
        wrong = snapshot.problems_of(signing.opened(file.read_bytes(), signing.public_key()))
    except signing.NotSigned as error:
        wrong = [str(error)]
    for line in wrong:
        typer.echo(f"{file}: {line}", err=True)
    if wrong:
        raise typer.Exit(1)
    typer.echo(f"{file}: signed by us, unchanged, and every score follows from its facts")
