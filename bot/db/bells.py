"""Telling the other replicas that there is something to do, by PostgreSQL's LISTEN and NOTIFY.

On connections of their own, after the commit and not in it: a NOTIFY in a transaction makes commits wait for one another. What is
not heard (a lost connection, a death after the commit) is found by polling, a second later.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

log = structlog.get_logger("davy.bells")
CHANNEL = "davy_bells"
AGAIN_S = 1.0
"""How often a lost connection is tried again, and how soon a listener sees that it shall stop."""


class Bells:
    """Two threads: one tells, one listens and calls `ring(name)`. Does nothing on SQLite, where there is one process."""

    def __init__(self, engine: Engine, ring: Callable[[str], None]) -> None:
        self._engine, self._ring = engine, ring
        self._waiting: set[str] = set()
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._stopping = threading.Event()
        self._own: int | None = None
        self._threads = [
            threading.Thread(
                target=self._again_and_again, args=(work,), name=f"davy-bells-{work.__name__}", daemon=True
            )
            for work in (self._tell, self._listen)
        ]

    def start(self) -> None:
        """Begins to listen."""
        if self._engine.dialect.name == "postgresql":
            for thread in self._threads:
                thread.start()

    def tell(self, name: str) -> None:
        """Rings a bell in all other replicas; from any thread, at once. Many at once are one."""
        with self._lock:
            self._waiting.add(name)
        self._something.set()

    def stop(self) -> None:
        """Ends both threads, within AGAIN_S."""
        self._stopping.set()
        self._something.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(2 * AGAIN_S)

    def _again_and_again(self, work: Callable[[Any], None]) -> None:
        while not self._stopping.is_set():
            try:
                pooled = self._engine.raw_connection()
                pooled.detach()  # it lives as long as this thread, and is none of the pool's
                connection: Any = pooled.dbapi_connection
                with contextlib.closing(connection):
                    connection.autocommit = True
                    work(connection)
            except Exception as error:
                if not isinstance(error, DBAPIError) and type(error).__module__.partition(".")[0] != "psycopg":
                    log.exception("bells failed")
                self._stopping.wait(AGAIN_S)

    def _tell(self, connection: Any) -> None:
        self._own = connection.info.backend_pid
        while not self._stopping.is_set():
            self._something.wait()
            self._something.clear()
            with self._lock:
                names, self._waiting = self._waiting, set()
            for name in names:
                connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, name))

    def _listen(self, connection: Any) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        self._ring("outbox")  # what was told while nobody listened
        while not self._stopping.is_set():
            for heard in connection.notifies(timeout=AGAIN_S):
                if heard.pid != self._own:
                    self._ring(heard.payload)
                if self._stopping.is_set():
                    return
