"""Eight processes that count in one SQLite file at once: read, add one, write.

`python -m tests.proofs.counting FILE TIMES [--plainly]`. With `--plainly` as the driver does it by itself, which loses
counts in silence or finds the file locked. Prints each process's errors.
"""

from __future__ import annotations

import os
import sqlite3
import sys

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.db.writer import Writer

WRITERS = 8


def add_one(session: Session) -> None:
    """Reads and writes in two steps, as rules in Python do."""
    value = session.scalar(text("SELECT value FROM counter"))
    session.execute(text("UPDATE counter SET value = :value"), {"value": (value or 0) + 1})


def count(file: str, times: int) -> None:
    """By our writer."""
    engine = connect(f"sqlite:///{file}")
    writer = Writer(engine)
    for _ in range(times):
        writer.run(add_one)
    writer.stop()
    engine.dispose()


def count_plainly(file: str, times: int) -> None:
    """As most programs do."""
    connection = sqlite3.connect(file, timeout=15)
    for _ in range(times):
        (value,) = connection.execute("SELECT value FROM counter").fetchone()
        connection.execute("UPDATE counter SET value = ?", (value + 1,))
        connection.commit()


def main(file: str, times: int, plainly: bool) -> None:
    """Forks the writers and waits for them; ends with the number of those that failed."""
    children = []
    for _ in range(WRITERS):
        child = os.fork()
        if not child:
            failed = 0
            try:
                (count_plainly if plainly else count)(file, times)
            except Exception as error:
                print(repr(error)[:200], flush=True)
                failed = 1
            os._exit(failed)
        children.append(child)
    sys.exit(sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), "--plainly" in sys.argv)
