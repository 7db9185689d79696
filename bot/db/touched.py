"""Which tables a transaction wrote to: noted by the engine itself, so that no room has to remember to say so.

Only the thread that asked is listened to (the writer); for all others it costs one look at a thread's own variable.
"""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import Engine, event

_mine = threading.local()


def watch(engine: Engine) -> None:
    """Begins to note, for whoever calls `begin` in their thread. Statements given as bare text are not seen."""
    if not event.contains(engine, "before_execute", _note):
        event.listen(engine, "before_execute", _note)


def begin() -> set[str]:
    """From now on this thread's statements are noted in the set that is answered."""
    _mine.tables = set()
    tables: set[str] = _mine.tables
    return tables


def _note(connection: Any, clause: Any, multiparams: Any, params: Any, options: Any) -> None:
    tables = getattr(_mine, "tables", None)
    if tables is not None and getattr(clause, "is_dml", False):
        tables.add(clause.table.name)
