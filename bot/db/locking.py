"""One serving process on one SQLite file."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from bot.db.engine import address


class AlreadyServing(Exception):
    """Another process serves this database; the text says which."""


def lock(database_url: str) -> IO[str] | None:
    """Takes the serving lock of a SQLite file, held until the process ends; None for other databases. Raises AlreadyServing."""
    url = address(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    path = Path(f"{url.database}.lock")
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip() or "?"
        file.close()
        raise AlreadyServing(
            f"another Davy (process {holder}) already serves {url.database}; stop it first, or use PostgreSQL for more than one"
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
