"""One serving process on one SQLite file; and files that several processes make once."""

from __future__ import annotations

import fcntl
import os
import secrets
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


def made_once(path: Path, content: str) -> str:
    """What a file says, readable by its owner alone; made with `content` where it is not there. Raises OSError.

    Processes that start together take the same, and never a file that is half written.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        new.touch(mode=0o600)
        new.write_text(content + "\n")
        try:
            path.hardlink_to(new)
        except FileExistsError:
            pass
        except OSError:  # storage that knows no hard links
            if not path.exists():
                new.replace(path)
        new.unlink(missing_ok=True)
    return path.read_text().strip()
