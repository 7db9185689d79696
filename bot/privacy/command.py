"""`davy export person`, `davy erase person`, `davy hold`, `davy privacy register`. Operator output, in English."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Annotated

import typer
from sqlalchemy import Engine, text, update
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.kit.clock import SystemClock
from bot.ledger import actions as ledger
from bot.ledger.model import Fact
from bot.media import store as media
from bot.people.tables import PersonRow
from bot.privacy import erasures, exporting, register, store
from bot.privacy.erasing import erase
from bot.privacy.keeping import composed
from bot.privacy.model import HOLD_ENDED, HOLD_PLACED, PERSON_EXPORTED
from bot.privacy.tables import LegalHoldRow
from bot.settings import Settings, load

begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema, and every room told."""
Badge = Annotated[str, typer.Argument(help="their badge")]
privacy_app = typer.Typer(help="What is kept of people.", no_args_is_help=True)
erase_app = typer.Typer(help="Erase for good.", no_args_is_help=True)


def export_person(
    badge: Badge, out: Annotated[Path, typer.Option(help="The zip to write; give it to nobody else")]
) -> None:
    """All that is kept of somebody, as JSON with their files: what they may ask for."""
    engine = connect(begin().database_url)
    now = SystemClock().now()
    try:
        with Session(engine) as session, session.begin():
            person = _person(session, badge)
            packed, rows = exporting.export(session, person)
            key = f"exported:{person}:{now.isoformat()}"
            ledger.record(session, Fact(PERSON_EXPORTED, key, now, person=person, body={"rows": rows}), now)
    finally:
        engine.dispose()
    out.touch(mode=0o600)
    out.write_bytes(packed)
    typer.echo(f"{out}: {rows} rows")


@erase_app.command("person")
def erase_person(
    badge: Badge, yes: Annotated[bool, typer.Option("--yes", help="Do not ask: this cannot be undone")] = False
) -> None:
    """Erase somebody everywhere; what they did stays, of nobody. A restored backup erases them again. A legal hold prevents it."""
    settings = begin()
    engine = connect(settings.database_url)
    try:
        with Session(engine) as session:
            person = _person(session, badge)
            _refuse_on_hold(session, person)
    finally:
        engine.dispose()
    if not yes:
        typer.confirm(f"Erase {badge} for good? This cannot be undone", abort=True)
    erasures.note(composed.lists, composed.installation, person, SystemClock().now())
    erase_numbers(settings, [person])
    typer.echo(f"erased; noted in {', '.join(str(folder / erasures.NAME) for folder in composed.lists)}")
    if settings.backup_dir is None:
        typer.echo("copy that list to where backups lie: whoever restores one needs it (or set DAVY_BACKUP_DIR)")


@erase_app.command("again")
def erase_again(lists: Annotated[list[Path], typer.Argument(help="Lists of who was erased (erasures.jsonl)")]) -> None:
    """Erase once more whoever is on a list: after a restore by other means than `davy restore`, which does it by itself."""
    settings = begin()
    persons = erasures.persons(lists, composed.installation)
    erase_numbers(settings, persons)
    typer.echo(f"erased again: {len(persons)} people")


def erase_numbers(settings: Settings, persons: list[int]) -> None:
    """Erases persons by number, their files too, and leaves no old page of the database that still shows them."""
    engine = connect(settings.database_url)
    try:
        for person in persons:
            with Session(engine) as session, session.begin():
                if session.get(PersonRow, person) is None:
                    continue  # hired after the backup was taken
                refs = erase(session, person, SystemClock().now())
            for ref in refs:
                media.erase(ref)
        rewrite(engine)
    finally:
        engine.dispose()


def rewrite(engine: Engine) -> None:
    """What was erased leaves the files of the database as well: the log of SQLite, dead rows of PostgreSQL.

    A reader that looks for long holds the log back: then it is overwritten when the bot next reaches that part of it.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM"))
            return
        connection.exec_driver_sql("COMMIT")  # ours begins by itself, and a log is not cut from within
        for _ in range(50):
            if connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0] == 0:
                return
            sleep(0.1)


def hold(
    badge: Badge,
    reason: Annotated[str, typer.Option(help="Why the law wants it kept; a claim, an investigation")] = "",
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; left out: until ended")
    ] = None,
    end: Annotated[bool, typer.Option("--end", help="End the holds on them")] = False,
) -> None:
    """A legal hold: nothing of somebody is erased, neither by request nor by the schedule."""
    if not end and not reason.strip():
        raise typer.BadParameter("say why with --reason, or end the hold with --end")
    engine, now = connect(begin().database_url), SystemClock().now()
    try:
        with Session(engine) as session, session.begin():
            person = _person(session, badge)
            if end:
                mine = (LegalHoldRow.person_id == person, LegalHoldRow.ended_at.is_(None))
                session.execute(update(LegalHoldRow).where(*mine).values(ended_at=now))
            else:
                last = until.date() if until else None
                row = LegalHoldRow(person_id=person, reason=reason.strip()[:300], placed_at=now, until_on=last)
                session.add(row)
            kind, key = (HOLD_ENDED, "ended") if end else (HOLD_PLACED, "placed")
            ledger.record(session, Fact(kind, f"hold-{key}:{person}:{now.isoformat()}", now, person=person), now)
    finally:
        engine.dispose()
    typer.echo("ended" if end else f"nothing of {badge} is erased until {until.date() if until else 'it is ended'}")


@privacy_app.command("register")
def privacy_register() -> None:
    """What is kept of people, for what, who sees it, for how long: from the code, with the company's own schedule."""
    days = load().retention
    for kind, what, long in register.schedule(days):
        typer.echo(f"{kind}: {what}; {long}")
    for row in register.rows(days):
        typer.echo("")
        for head, words in zip(register.HEADS, row, strict=True):
            typer.echo(f"{head}: {words}")


def _person(session: Session, badge: str) -> int:
    person = store.by_badge(session, badge)
    if person is None:
        typer.echo(f"davy: nobody has the badge {badge}", err=True)
        raise typer.Exit(1)
    return person


def _refuse_on_hold(session: Session, person: int) -> None:
    for each in store.holds(session, SystemClock().now().date()):
        if each.person == person:
            typer.echo(f"davy: not erased, a legal hold lies on them: {each.reason}", err=True)
            raise typer.Exit(1)
