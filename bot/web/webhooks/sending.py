"""Making the calls: outside any transaction, each webhook for itself. Of several replicas each takes what no other has.

It is a part of its own and no job: what others take their time over must hold up nothing of ours, least of all an alert.
"""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy.orm import Session

from bot import outward
from bot.db.engine import is_down
from bot.db.reading import reading
from bot.db.writer import Writer, WriterStopped
from bot.kit.clock import Clock, SystemClock
from bot.kit.endpoints import Event
from bot.kit.room import Room
from bot.ledger.model import Subscription
from bot.web.webhooks import actions, signing, store
from bot.web.webhooks.model import Due, Outcome, Webhook
from bot.web.webhooks.tables import WebhookRow

log = structlog.get_logger("davy.webhooks")
LOOK_S = 2.0
AT_ONCE = 4
IN_A_ROW = 50
"""After so many calls to one address the others have their turn."""


def events_of(rooms: Iterable[Room]) -> dict[str, Event]:
    """All that other programs may be told of, by name."""
    return {event.name: event for room in rooms for event in room.events}


def subscriptions(rooms: Iterable[Room], days: int) -> tuple[Subscription, ...]:
    """What listens to the facts of which programs may be told; it hears nothing while nobody wants to be told."""

    def of(event: Event) -> Subscription:
        def do(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
            actions.follow(session, event.name, payload, days, now)

        return Subscription(event.fact, f"web.webhooks.{event.name}", do, store.any_live)

    return tuple(of(event) for event in events_of(rooms).values())


class Webhooks:
    """The calls of one house."""

    def __init__(self, writer: Writer, clock: Clock, rooms: Iterable[Room], *, inside: bool) -> None:
        self._writer, self._clock, self._inside = writer, clock, inside
        self._events = events_of(rooms)
        self._threads = ThreadPoolExecutor(AT_ONCE, "davy-webhook")
        self._bell = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def bell(self) -> None:
        """There is something to tell; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._bell.set)

    async def run(self) -> None:
        """Until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._bell.clear()
            try:
                await self.send_due()
            except WriterStopped:
                return
            except Exception as error:
                if is_down(error):
                    log.error("webhooks wait for the database", error=str(error).splitlines()[0])
                else:
                    log.exception("webhooks failed")
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._bell.wait()
            except TimeoutError:
                pass

    async def send_due(self) -> int:
        """Makes what is due; answers how many calls were tried."""
        now = self._clock.now()
        ids = await asyncio.to_thread(self._look, partial(store.waiting, now=now))
        return sum(await asyncio.gather(*(self._send_to(id) for id in ids)))

    async def _send_to(self, webhook: int) -> int:
        """The calls of one webhook, one after the other, until one fails."""
        for done in range(IN_A_ROW):
            due = await self._writer.in_transaction(actions.take, webhook, self._clock.now())
            if due is None:
                return done
            outcome = await self._made(due)
            await self._writer.in_transaction(actions.settle, due, outcome, self._clock.now())
            if not (outcome.good or outcome.left):
                return done + 1
        return IN_A_ROW

    async def _made(self, due: Due) -> Outcome:
        body = await asyncio.to_thread(self._look, partial(self._said, due=due, now=self._clock.now()))
        if body is None:
            return Outcome(left=True)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(send, due, body, inside=self._inside))

    def _said(self, session: Session, due: Due, now: datetime) -> bytes | None:
        """What is said, as the rooms have it now; None where there is nothing, or nobody answers for the webhook."""
        row = session.get(WebhookRow, due.webhook)
        webhook: Webhook | None = store.as_webhook(row) if row is not None and row.removed_at is None else None
        caller = store.caller(session, webhook, now) if webhook is not None else None
        if caller is None:
            return None
        said: dict[str, Any] = {"type": due.event, "timestamp": due.payload["at"]}
        event = self._events.get(due.event)
        told = event.tell(session, caller, due.payload, now) if event is not None else None
        return json.dumps(said | {"data": told.model_dump(mode="json")}, ensure_ascii=False).encode() if told else None

    def _look(self, question: Any) -> Any:
        with reading(self._writer.engine) as session:
            return question(session)

    def close(self) -> None:
        """Waits for nobody: what is on its way is tried again."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def send(due: Due, body: bytes, *, inside: bool) -> Outcome:
    """One try."""
    at = int(SystemClock().now().timestamp())  # between machines the clock on the wall counts
    try:
        headers = signing.headers(due.secret, f"msg_{due.id}", at, body)
        answer = outward.post_guarded(due.url, body, headers, inside=inside)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome(error=f"{type(error).__name__}: {error}")
    return Outcome(answer.status)
