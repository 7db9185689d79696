"""Heads of the ledger, noted outside the database: a line each, signed. Copies elsewhere make them proof."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.assessment.issuing import signing
from bot.ledger import anchoring
from bot.ledger.verifying import Head

NAME, VERIFIED = "audit/heads.jsonl", "verified.json"
_folder: list[Path] = []


def use(folder: Path) -> None:
    """Sets where data lie; called at the composition root."""
    _folder[:] = [folder]


def path() -> Path | None:
    """The file; None where nobody said where data lie."""
    return _folder[0] / NAME if _folder else None


def note(head: Head, sign: Callable[[Any], bytes]) -> None:
    """Adds a head, unless it is the newest one there."""
    file = path()
    if file is None:
        return
    line = sign({"block": head.block, "digest": head.digest, "facts": head.facts})
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.read_bytes().endswith(line):
        return
    with file.open("ab") as out:
        out.write(line)
        out.flush()
        os.fsync(out.fileno())


def note_verified(at: datetime, facts: int, problems: int) -> None:
    """Keeps beside the heads when all was looked through and what it came to: the dashboard says so. Nothing is proved by it."""
    file = path()
    if file is None:
        return
    said = json.dumps({"at": at.isoformat(), "facts": facts, "problems": problems})
    with contextlib.suppress(OSError):  # looking through must not fail because nothing can be written here
        file.parent.mkdir(parents=True, exist_ok=True)
        file.with_name(VERIFIED).write_text(said + "\n", encoding="utf-8")


def read(lines: Iterable[str], where: str) -> tuple[list[Head], list[str]]:
    """The heads and daily anchors in a file, and what is wrong in it; a head that is not signed with our key tells nothing."""
    heads, wrong = [], []
    key = signing.public_key()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            if (
                '"davy": "anchor"' in line
            ):  # the daily one: it is proof by where it was kept, and holds the same three things
                (said,) = anchoring.read([line])
                heads.append(Head(said.block, said.digest, said.facts))
                continue
            body = signing.opened(line.encode(), key)
            heads.append(Head(int(body["block"]), str(body["digest"]), int(body["facts"])))
        except (signing.NotSigned, KeyError, TypeError, ValueError, json.JSONDecodeError) as error:
            wrong.append(f"{where}:{number}: {error}")
    return heads, wrong
