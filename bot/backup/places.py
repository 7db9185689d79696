"""Where backups lie: a folder for each, named by its moment, and the media that they share beside them."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.backup.model import BadBackup, Manifest, read

MANIFEST, MEDIA_LIST, MEDIA = "manifest.json", "media.txt", "media"
NAMED = "%Y%m%dT%H%M%SZ"
BLOCK = 1 << 20


def made(place: Path) -> list[tuple[datetime, Path]]:
    """The whole backups in a place, oldest first. One that was interrupted has another name and is none."""
    found = []
    for folder in place.iterdir() if place.is_dir() else ():
        try:
            at = datetime.strptime(folder.name, NAMED).replace(tzinfo=UTC)
        except ValueError:
            continue
        if (folder / MANIFEST).is_file():
            found.append((at, folder))
    return sorted(found)


def chosen(given: Path) -> Path:
    """The backup that is meant: the folder itself, or the newest in a place. Raises BadBackup."""
    if (given / MANIFEST).is_file():
        return given
    found = made(given)
    if not found:
        raise BadBackup(f"{given}: there is no backup here")
    return found[-1][1]


def manifest_of(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BadBackup."""
    try:
        return read((folder / MANIFEST).read_text(encoding="utf-8"))
    except BadBackup as error:
        raise BadBackup(f"{folder}: {error}") from error


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            hashed.update(block)
    return hashed.hexdigest()


def media_of(folder: Path) -> list[str]:
    """The names of the media files that belong to a backup."""
    return (folder / MEDIA_LIST).read_text(encoding="utf-8").split()


def forget(place: Path, before: datetime) -> int:
    """Takes away backups made before an instant, but never the newest, and the media that none has; answers how many."""
    old = [folder for at, folder in made(place)[:-1] if at < before]
    for folder in old:
        (folder / MANIFEST).unlink()  # from here on it is none, even if the rest takes long
        shutil.rmtree(folder)
    if old:
        kept = {name for _, folder in made(place) for name in media_of(folder)}
        for path in (place / MEDIA).glob("??/*"):
            if path.name not in kept:
                path.unlink()
    return len(old)


def durable(path: Path) -> None:
    """Makes a file or a folder outlive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def age(place: Path, now: datetime) -> timedelta | None:
    """How old the newest backup in a place is; None where there is none."""
    found = made(place)
    return now - found[-1][0] if found else None
