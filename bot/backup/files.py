"""Media in a backup: a file's name is the digest of its bytes, so that backups share them and each can be checked."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from bot.backup.model import BadBackup
from bot.backup.places import digest_of, durable


def copy_all(source: Path, target: Path) -> list[str]:
    """Copies what is not there yet; answers the names of all. Raises BadBackup at a file that is damaged.

    Called after the database was copied: a row never names a file that is not there before it. What is erased while this runs
    was to be erased, and is not missed.
    """
    names = []
    for path in sorted(source.glob("??/*")):
        if path.suffix == ".part":
            continue
        if _copy(path, target / path.parent.name / path.name):
            names.append(path.name)
    return names


def copy_named(source: Path, names: Iterable[str], target: Path) -> None:
    """Copies some files back. Raises BadBackup where one is damaged or not there."""
    for name in names:
        if not _copy(source / name[:2] / name, target / name[:2] / name):
            raise BadBackup(f"{source}: the file {name} is not there")


def check(source: Path, names: Iterable[str]) -> None:
    """Looks whether files are there and whole. Raises BadBackup."""
    for name in names:
        path = source / name[:2] / name
        if not path.is_file() or digest_of(path) != name[:64]:
            raise BadBackup(f"{path}: missing or damaged")


def _copy(source: Path, target: Path) -> bool:
    """False where the source is gone."""
    if target.exists():
        return True
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{uuid4().hex}.part")
    try:
        shutil.copyfile(source, unfinished)
        if digest_of(unfinished) != target.name[:64]:
            raise BadBackup(f"{source}: its bytes are not those it is named by: the disk has damaged it")
        durable(unfinished)
        unfinished.replace(target)
        durable(target.parent)
    except FileNotFoundError:
        return False
    finally:
        unfinished.unlink(missing_ok=True)
    return True
