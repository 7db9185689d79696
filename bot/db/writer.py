"""Group commit: plain functions over a Session, run by one thread, many in one transaction.

Measured at 9 x the speed of a transaction each (docs/reference/performance.md). A function may run twice and must have no
effect outside its Session; what must happen after the commit is left in `session.info` by `after_commit`.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.db import touched
from bot.db.engine import is_gone

log = structlog.get_logger("davy.writer")

P = ParamSpec("P")
T = TypeVar("T")
MOST, WINDOW_S = 50, 0.02
SLICE_S = 0.05
"""So long a group is worked on before it is committed with what is done: what an alert waits behind."""
PATIENCE_S, AGAIN_S = 30.0, 0.25
"""How long a piece of work is tried again while the primary of a PostgreSQL is gone, and how often."""
AFTER = "after_commit"
INERROR = 3
"""libpq's PQTRANS_INERROR."""

Work = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], "Future[Any]"]


class WriterStopped(RuntimeError):
    """Work was handed in after the writer had stopped."""


class Undone(RuntimeError):
    """A function swallowed an error of the database, which had already undone its transaction: a fault of the program."""


def after_commit(session: Session, what: str) -> None:
    """Asks the writer to ring a bell (`outbox`, `jobs`, `downloads`) once this transaction is durable."""
    session.info.setdefault(AFTER, set()).add(what)


class Writer:
    """The one thread that writes. `bells` are called by name, in this thread, after a commit that asked for them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._stopped = False
        self._door = threading.Lock()
        self.bells: dict[str, Callable[[], None]] = {}
        self.committed: Callable[[set[str]], None] | None = None
        """Called in this thread after each commit, with the names of the tables that it wrote to."""
        touched.watch(engine)
        self.groups = self.done = self.alone = self.rung = 0
        self._down_since: float | None = None
        self.waits = True
        """Whether work is tried again while there is no primary; not by a process that is to end."""
        self.lost = 0
        """How often a connection was lost: a COMMIT may have been done whose answer never came."""
        self._thread = threading.Thread(target=self._run, name="davy-writer", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queues `fn(session, ...)`; the future has its result once it is committed, or its error."""
        future: Future[T] = Future()
        with self._door:
            if self._stopped:
                raise WriterStopped
            self._queue.put((fn, args, kwargs, future))
        return future

    async def in_transaction(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`fn(session, ...)` committed, awaited."""
        return await asyncio.wrap_future(self.submit(fn, *args, **kwargs))

    def run(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`fn(session, ...)` committed, for callers without a loop (CLI, tests)."""
        return self.submit(fn, *args, **kwargs).result()

    def stop(self) -> None:
        """Finishes what was handed in, then ends the thread."""
        with self._door:
            if not self._stopped:
                self._stopped = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            group, last = self._gather(first)
            # from here on nobody can take it back: a future that is cancelled later would end this thread
            self._commit([work for work in group if work[3].set_running_or_notify_cancel()])
            if last:
                return

    def _gather(self, first: Work) -> tuple[list[Work], bool]:
        """What waits right now, at most MOST. Nobody waits for company: under load the queue fills during a commit."""
        group = [first]
        until = time.monotonic() + WINDOW_S
        while len(group) < MOST and time.monotonic() < until:
            try:
                work = self._queue.get_nowait()
            except queue.Empty:
                break
            if work is None:
                return group, True
            group.append(work)
        return group, False

    def _commit(self, group: list[Work]) -> None:
        if not group:
            return
        while group:
            try:
                results, bells, tables = self._together(group)
            except BaseException as error:
                self.lost += isinstance(error, DBAPIError) and error.connection_invalidated
                self._one_by_one(group)
                return
            self._settle([(work[3], result) for work, result in zip(group, results, strict=False)], bells, tables)
            group = group[len(results) :]

    def _together(self, group: list[Work]) -> tuple[list[Any], set[str], set[str]]:
        tables = touched.begin()
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            results: list[Any] = []
            until = time.monotonic() + SLICE_S
            for fn, args, kwargs, _ in group:
                if results and time.monotonic() > until:
                    break
                results.append(fn(session, *args, **kwargs))
                session.flush()
                session.expunge_all()  # the next function reads what is in the database, not what this one had in hand
            _check_alive(session)
            bells = session.info.pop(AFTER, set())
        return results, bells, tables

    def _one_by_one(self, group: list[Work]) -> None:
        for work in group:
            self.alone += 1
            try:
                results, bells, tables = self._retrying(work)
            except BaseException as error:
                work[3].set_exception(error)
            else:
                self._settle([(work[3], results[0])], bells, tables)

    def _retrying(self, work: Work) -> tuple[list[Any], set[str], set[str]]:
        """Again after a lost connection, a deadlock or a lock: the whole unit, because it has no other effects.

        On PostgreSQL until there is a primary again, at most PATIENCE_S: a standby takes so long to be promoted.
        """
        again = 0
        while True:
            try:
                found = self._together([work])
            except DBAPIError as error:
                patient = self._patient(error)
                if not patient and (again or not (error.connection_invalidated or _passing(error))):
                    raise
                self.lost += error.connection_invalidated or patient
                self.engine.dispose()
                if patient and again:
                    time.sleep(AGAIN_S)
                again += 1
            else:
                return found

    def _patient(self, error: DBAPIError) -> bool:
        """Whether the primary may come back soon; counted from when it went, not from each piece of work."""
        if self._stopped or not self.waits or not is_gone(error):
            return False
        if self._down_since is None:
            self._down_since = time.monotonic()
            log.error("the database went away; trying again", error=str(error).splitlines()[0])
        return time.monotonic() - self._down_since < PATIENCE_S

    def _settle(self, done: list[tuple[Future[Any], Any]], bells: set[str], tables: set[str]) -> None:
        self._down_since = None
        self.groups += 1
        self.done += len(done)
        for future, result in done:
            future.set_result(result)
        self.rung += len(bells)
        for bell in bells:
            ring = self.bells.get(bell)
            if ring is not None:
                try:
                    ring()
                except Exception:
                    log.exception("a bell could not be rung", bell=bell)
        if self.committed is not None and tables:
            try:
                self.committed(tables)
            except Exception:
                log.exception("what was committed could not be told")


def _check_alive(session: Session) -> None:
    """PostgreSQL answers the COMMIT of a transaction in which a statement failed with a silent ROLLBACK."""
    if session.get_bind().dialect.name == "postgresql" and session.in_transaction():
        driver: Any = session.connection().connection.driver_connection
        if driver.info.transaction_status == INERROR:
            raise Undone("a function of this transaction swallowed an error of the database")


def _passing(error: DBAPIError) -> bool:
    """Serialisation failure, deadlock, or SQLite's lock."""
    state = getattr(error.orig, "sqlstate", None)
    return state in {"40001", "40P01"} or "database is locked" in str(error.orig)
