"""What a backup says of itself: its manifest."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

FORMAT = 1


class BadBackup(Exception):
    """A backup cannot be taken or restored; the text says why in one line, and what to do."""


@dataclass(frozen=True)
class Table:
    """A table of PostgreSQL as it was written: its columns in order, and how many rows of which digest."""

    columns: list[str]
    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What is in a backup. `made_at` is before its snapshot: what was committed by then is in it.

    `installation` is a name made of the secret key, which is not in a backup: sealed names open only with that key.
    `files` are the digests of the files beside it; `rows` are counted in the copy itself.
    """

    made_at: datetime
    engine: str
    revision: str
    installation: str
    files: dict[str, str]
    rows: dict[str, int]
    media: int
    tables: dict[str, Table] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    format: int = FORMAT


def written(manifest: Manifest) -> str:
    """A manifest as JSON."""
    return json.dumps(asdict(manifest) | {"made_at": manifest.made_at.isoformat()}, indent=1, sort_keys=True)


def read(words: str) -> Manifest:
    """A manifest from JSON. Raises BadBackup."""
    try:
        found = json.loads(words)
        if found["format"] != FORMAT:
            raise BadBackup(
                f"it is of format {found['format']}, this Davy reads {FORMAT}: use the version that made it"
            )
        found["made_at"] = datetime.fromisoformat(found["made_at"])
        found["tables"] = {name: Table(**table) for name, table in found["tables"].items()}
        return Manifest(**found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadBackup("its manifest cannot be read: it is damaged, or no backup of Davy's") from error
