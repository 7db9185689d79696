"""What runs in the background: jobs, ticks, downloads. Each piece is a transaction of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy.orm import Session
from telegram.error import BadRequest

from bot.db import jobs
from bot.db.engine import is_down
from bot.db.jobs import Job
from bot.db.reading import reading
from bot.db.writer import Writer, WriterStopped
from bot.delivery import downloads, leases
from bot.delivery.browser import uploads
from bot.delivery.handling import RETRY_JOB, explain, give_up, refuse_parked
from bot.delivery.leading import TICKS, Leading, for_ever
from bot.delivery.transport import DOWNLOAD_LIMIT, AiohttpRequest
from bot.kit.clock import Clock
from bot.kit.errors import Refused
from bot.kit.room import Tick
from bot.kit.texts import Text
from bot.media import cleaning, pictures
from bot.media import store as media

log = structlog.get_logger("davy.work")
SLOW = timedelta(minutes=10)
"""What a job with a slow preparation may take before another replica takes it."""
SLICES = 200
"""At most so many slices of one tick in a row, so that a fault cannot keep the house busy for ever."""


class Worker:
    """Runs jobs and downloads when a bell rings, and ticks when the metronome says so."""

    def __init__(
        self,
        writer: Writer,
        transport: AiohttpRequest,
        clock: Clock,
        handlers: Mapping[str, Any],
        ticks: Sequence[Tick],
    ) -> None:
        self._writer, self._transport, self._clock = writer, transport, clock
        self._handlers, self.ticks = handlers, ticks
        self._bells = {"jobs": asyncio.Event(), "slow": asyncio.Event(), "downloads": asyncio.Event()}
        self._slow = frozenset(kind for kind, do in handlers.items() if hasattr(do, "prepare") or hasattr(do, "look"))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turns = {name: asyncio.Lock() for name in (*self._bells, *(t.name for t in ticks))}
        self._holder = uuid4().hex
        self.leading = Leading(writer, TICKS, self._holder)
        self.failures = 0

    def bell(self, name: str) -> None:
        """There is something to do; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            for bell in ("jobs", "slow") if name == "jobs" else (name,):
                self._loop.call_soon_threadsafe(self._bells[bell].set)

    async def run(self) -> None:
        """Until cancelled."""
        self._loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._on_bell("jobs", self._run_quick))
            group.create_task(self._on_bell("slow", self._run_slow))
            group.create_task(self._on_bell("downloads", self.run_downloads))
            group.create_task(self.leading.run(for_ever))

    async def stop(self) -> None:
        """Gives the ticks to another replica."""
        await self.leading.release()

    async def _on_bell(self, name: str, work: Any) -> None:
        while True:
            self._bells[name].clear()  # before the work: what is queued during it rings again
            try:
                await work()
            except WriterStopped:
                return
            except Exception as error:
                _complain("background work failed", error, work=name)
            try:
                async with asyncio.timeout(2.0):
                    await self._bells[name].wait()
            except TimeoutError:
                pass

    async def tick(self, tick: Tick) -> None:
        """One tick, slice by slice; nothing where another replica has the lease on ticks."""
        async with self._turns[tick.name]:
            for _ in range(SLICES):
                try:
                    more = await self._writer.in_transaction(_slice, tick, self._holder, self._clock.now())
                except WriterStopped:
                    return
                except Exception as error:
                    self.failures += 1
                    _complain("a tick failed", error, tick=tick.name)
                    return
                if not more:
                    return

    async def run_jobs(self) -> int:
        """All jobs that are due; answers how many."""
        return sum(await asyncio.gather(self._run_quick(), self._run_slow()))

    async def _run_quick(self) -> int:
        return await self._run("jobs", partial(jobs.due, but=self._slow))

    async def _run_slow(self) -> int:
        """Jobs that prepare for long, one at a time, beside the others: an alert must not wait for a workbook."""
        return await self._run("slow", partial(jobs.due, most=1, only=self._slow, hold=SLOW)) if self._slow else 0

    async def _run(self, turn: str, due: Any) -> int:
        done = 0
        async with self._turns[turn]:
            while found := await self._writer.in_transaction(_due, due, self._clock.now()):
                for job in found:
                    await self._job(job)
                done += len(found)
        return done

    async def _job(self, job: Job) -> None:
        try:
            prepared = await self._prepared(job)
            await self._writer.in_transaction(_run, self._handlers, prepared, self._clock.now())
        except WriterStopped:
            raise
        except Exception as error:
            if isinstance(error, Refused) and job.kind == RETRY_JOB:
                await self._writer.in_transaction(_refused, job, error.text, self._clock.now())
                return
            self.failures += 1
            log.error("a job failed", job=job.kind, attempt=job.attempts + 1, error=repr(error)[:300])
            await self._writer.in_transaction(_failed, job, explain(error), self._clock.now())

    async def _prepared(self, job: Job) -> Job:
        """What a handler does first, outside the transaction: `look(session, payload, now) -> payload` reads for long on a

        connection that waits for nobody's lock, then `prepare(payload) -> payload` computes.
        """
        handler = self._handlers.get(job.kind)
        look, prepare = getattr(handler, "look", None), getattr(handler, "prepare", None)
        if look is not None:
            job = replace(job, payload=await asyncio.to_thread(self._looked, look, job.payload))
        return replace(job, payload=await asyncio.to_thread(prepare, job.payload)) if prepare is not None else job

    def _looked(self, look: Any, payload: dict[str, Any]) -> Any:
        with reading(self._writer.engine) as session:
            return look(session, payload, self._clock.now())

    async def run_downloads(self) -> int:
        """All files that are due; answers how many were settled."""
        done = 0
        async with self._turns["downloads"]:
            while found := await self._writer.in_transaction(downloads.waiting, self._clock.now()):
                for id, file_id, keep, _ in found:
                    done += await self._download(id, file_id, keep)
        return done

    async def _download(self, id: int, file_id: str, keep: str) -> bool:
        ref = error = None
        told: dict[str, Any] = {}
        try:
            if file_id.startswith(media.PREFIX):  # it came in by a browser, where it was checked and stripped
                ref = await asyncio.to_thread(uploads.as_kept, file_id, keep)
            else:
                found = await self._transport.call("getFile", {"file_id": file_id})
                if int(found.get("file_size") or 0) > DOWNLOAD_LIMIT:
                    raise pictures.BadPicture("too_big")
                data = await self._transport.download(found["file_path"])
                ref, told = await asyncio.to_thread(_keep, data, keep, str(found["file_path"]))
        except pictures.BadPicture as bad:
            error = bad.code
        except media.NoSuchFile:
            error = "gone"
        except BadRequest as bad:
            error = "too_big" if "too big" in str(bad).lower() or "larger than" in str(bad) else "gone"
        except Exception as failure:
            # whatever it is, it must not hold up the files behind it
            log.warning("a file could not be fetched yet", error=f"{type(failure).__name__}: {failure}"[:300])
            if await self._writer.in_transaction(downloads.failed_once, id, self._clock.now()) < downloads.TRIES:
                return False
            error = "gone"
        return await self._writer.in_transaction(
            downloads.settle, id, self._clock.now(), media=ref, error=error, told=told
        )


def _complain(what: str, error: Exception, **where: str) -> None:
    """A traceback for a fault of ours, one line for a database that does not work."""
    if is_down(error):
        log.error(what, error=str(error).splitlines()[0], **where)
    else:
        log.exception(what, **where)


def _keep(data: bytes, keep: str, name: str) -> tuple[str | None, dict[str, Any]]:
    """The ref of what is kept, and what else the job is told."""
    if keep == "place":
        return None, {"at": cleaning.place_of(data)}
    if keep == "picture":
        made, at = cleaning.clean(data)
        return media.put(made, "picture.jpg"), {"located": True} if at else {}
    return media.put(cleaning.film(data) if keep == "film" else data, name), {}


def _slice(session: Session, tick: Tick, holder: str, now: datetime) -> bool:
    """In the transaction that took the lease: who stands still in it and wakes finds it undone, and that it is no longer theirs."""
    return leases.take(session, TICKS, holder) is not None and bool(tick.do(session, now))


def _due(session: Session, due: Any, now: datetime) -> list[Job]:
    for job in jobs.exhausted(session, now):
        log.error("a job was begun again and again without an end", job=job.kind)
        _given_up(session, job, now)
    return list(due(session, now))


def _run(session: Session, handlers: Mapping[str, Any], job: Job, now: datetime) -> None:
    handler = handlers.get(job.kind)
    if handler is None:
        raise LookupError(f"no room does {job.kind}")
    if jobs.finish(session, job, now):
        handler(session, job.payload, now)


def _refused(session: Session, job: Job, text: Text, now: datetime) -> None:
    if jobs.finish(session, job, now):
        refuse_parked(session, job.payload["update_id"], text, now)


def _failed(session: Session, job: Job, error: str, now: datetime) -> None:
    jobs.fail(session, job, error, now)
    if job.attempts + 1 >= jobs.TRIES:
        _given_up(session, job, now)


def _given_up(session: Session, job: Job, now: datetime) -> None:
    if job.kind == RETRY_JOB:
        give_up(session, job.payload["update_id"], now)
