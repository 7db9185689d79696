"""The list of who was erased, outside the database: a backup is older than it, and what is restored is erased again.

A line holds a number that means nothing without the database it is of, and no name.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

NAME = "erasures.jsonl"


def installation(secret: str) -> str:
    """A name for this installation that says nothing of its secret."""
    return hmac.new(secret.encode(), b"davy installation", hashlib.sha256).hexdigest()[:16]


def note(folders: Iterable[Path], installation: str, person: int, at: datetime) -> None:
    """Adds a line to the list in each folder, durably, before anything is erased. Raises OSError."""
    line = json.dumps({"installation": installation, "person": person, "at": at.isoformat()}) + "\n"
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


def persons(lists: Iterable[Path], installation: str) -> list[int]:
    """Whom some lists name for this installation, each once; a list that is not there names nobody. Raises ValueError."""
    found: set[int] = set()
    for path in lists:
        if path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                said = json.loads(line)
                if said["installation"] == installation:
                    found.add(int(said["person"]))
    return sorted(found)


def carry(source: Path, target: Path) -> None:
    """Adds the lines of a list that another does not have yet: the one beside the backups must know them all."""
    if not source.is_file():
        return
    known = set(target.read_text(encoding="utf-8").splitlines()) if target.is_file() else set()
    new = [line for line in source.read_text(encoding="utf-8").splitlines() if line not in known]
    if new:
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
            file.write("".join(f"{line}\n" for line in new))
            file.flush()
            os.fsync(file.fileno())
