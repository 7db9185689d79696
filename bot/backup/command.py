"""`davy backup` and `davy restore`. Operator output, in English."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.backup import places, restoring, taking
from bot.backup.model import BadBackup
from bot.db.locking import made_once
from bot.kit.clock import SystemClock
from bot.privacy import erasures
from bot.settings import Settings, load

compose: Callable[[], Settings] = load
"""Set at the composition root: settings, schema, and every room told; for erasing again what is restored."""


def backup(
    to: Annotated[Path | None, typer.Option(help="The folder of the backups; DAVY_BACKUP_DIR when left out")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only look whether the newest backup there is whole")] = False,
) -> None:
    """A whole copy of database and pictures, while the bot runs; old ones go. The secret key is not in it: keep it apart."""
    settings = load()
    place = to or settings.backup_dir
    if place is None:
        raise BadBackup("say where: --to FOLDER, or DAVY_BACKUP_DIR")
    if check:
        folder = places.chosen(place)
        restoring.check(folder)
        typer.echo(f"{folder}: whole")
        return
    now = SystemClock().now()
    with _alone(place):
        folder = taking.take(
            settings.database_url, settings.data_dir / "media", place, erasures.installation(_secret(settings)), now
        )
        erasures.carry(settings.data_dir / erasures.NAME, place / erasures.NAME)
        gone = places.forget(place, now - timedelta(days=settings.backup_keep_days))
    manifest = places.manifest_of(folder)
    typer.echo(f"{folder}: {sum(manifest.rows.values())} rows, {manifest.media} files; {gone} old backups taken away")
    typer.echo("the secret key is not in it: without it sealed names stay sealed (DAVY_SECRET_KEY or secret.key)")


def restore(
    source: Annotated[Path, typer.Argument(help="The folder of a backup, or of all: then the newest")],
    also_erased: Annotated[
        list[Path] | None, typer.Option(help="More lists of who was erased since (erasures.jsonl)")
    ] = None,
    other_key: Annotated[
        bool, typer.Option("--other-key", help="The secret key is lost: restore all the same, sealed names stay sealed")
    ] = False,
) -> None:
    """A backup into an empty database and an empty folder; whoever was erased since is erased again before it ends."""
    settings = load()
    folder = places.chosen(source)
    made_by = places.manifest_of(folder).installation
    if made_by != erasures.installation(_secret(settings)) and not other_key:
        raise BadBackup(
            f"{folder} was made under another secret key: set DAVY_SECRET_KEY to it, or put secret.key into DAVY_DATA_DIR"
        )
    manifest = restoring.restore(folder, settings.database_url, settings.data_dir / "media")
    here = settings.data_dir / erasures.NAME
    lists = [folder.parent / erasures.NAME, here, *(also_erased or ())]
    again = erasures.persons(lists, made_by)
    _erase_again(again)
    for each in lists:
        if each != here:
            erasures.carry(each, here)
    typer.echo(f"{folder}: restored as of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC; erased again: {len(again)} people")
    typer.echo("what people said or did after that moment is lost; now run: davy doctor, then davy run")


def _erase_again(persons: list[int]) -> None:
    from bot.privacy.command import erase_numbers

    if persons:
        erase_numbers(compose(), persons)


def _secret(settings: Settings) -> str:
    """The installation's secret; unlike at the first start none is made: a backup under a new key would be of nobody."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / "secret.key"
    if not path.is_file():
        raise BadBackup(f"there is no secret key: set DAVY_SECRET_KEY, or put the installation's own into {path}")
    return made_once(path, "")


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """One at a time in a place; what an interrupted one has left is taken away."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (place / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadBackup(f"another backup is being written into {place}") from error
        for left in place.glob(".2*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
