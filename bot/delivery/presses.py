"""Presses that hundreds of people make at once (the answer to the morning's quiz): handled many in one step, set-wise.

The same marks, locks, rights and rows as `handling.handle`, a few statements for all of them. Whatever goes wrong undoes the
whole step, and each update is then handled alone: so what one person sent can cost others time, and nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.once import insert_many_once, table_of
from bot.db.writer import Writer, WriterStopped
from bot.delivery import handling, replying, telegram
from bot.delivery.replying import Answered
from bot.delivery.router import Router
from bot.delivery.tables import HandledRow, ParkedRow
from bot.kit.clock import Clock
from bot.kit.events import Pressed
from bot.people import store as people

log = structlog.get_logger("davy.presses")
MOST = 100
"""Updates in one step: Telegram gives no more at once."""

_parked = table_of(ParkedRow)
_behind = select(_parked.c.user_id).where(among(_parked.c.user_id, "users"), _parked.c.state == "waiting")
WINDOW_S = 0.02
Waiting = tuple[Mapping[str, Any], "asyncio.Future[Answered]"]


class Alone(Exception):
    """A step of many was undone: handle this update by itself."""


class Presses:
    """Collects presses while the ones before are being written."""

    def __init__(self, writer: Writer, router: Router, clock: Clock) -> None:
        self._writer, self._router, self._clock = writer, router, clock
        self._waiting: list[Waiting] = []
        self._working: asyncio.Task[None] | None = None
        self.steps = self.undone = 0

    def takes(self, update: Mapping[str, Any]) -> bool:
        """Whether an update is a press in a private chat whose room answers many at once."""
        query = update.get("callback_query")
        if not isinstance(query, Mapping) or not isinstance(query.get("data"), str):
            return False
        chat = (query.get("message") or {}).get("chat") or {}
        return chat.get("type") == "private" and self._router.many(query["data"].partition(":")[0])

    async def handle(self, update: Mapping[str, Any]) -> Answered:
        """Handled and committed, together with others. Raises Alone where it has to be tried by itself."""
        future: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting.append((update, future))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        step: list[Waiting] = []
        while self._waiting:
            if len(step) > 1:
                await self._gather()
            step = self._next()
            try:
                updates = [update for update, _ in step]
                answered = await self._writer.in_transaction(handle_all, self._router, updates, self._clock.now())
            except WriterStopped as stopped:
                self._fail(step, stopped)
            except Exception as error:
                self.undone += 1
                log.info("a step was undone", presses=len(step), error=repr(error)[:300])
                self._fail(step, Alone())
            else:
                self.steps += 1
                for (_, future), each in zip(step, answered, strict=True):
                    if not future.done():
                        future.set_result(each)

    async def _gather(self) -> None:
        """While many press at once, waits a moment for a fuller step: each costs the same few statements."""
        until = time.monotonic() + WINDOW_S
        while len(self._waiting) < MOST and time.monotonic() < until:
            await asyncio.sleep(WINDOW_S / 5)

    def _next(self) -> list[Waiting]:
        """What waits, of each user the oldest only: all of one person happens in one order."""
        step: list[Waiting] = []
        left: list[Waiting] = []
        users: set[int | None] = set()
        for each in self._waiting:
            user = telegram.user_of(each[0])
            (left if len(step) == MOST or user in users else step).append(each)
            users.add(user)
        self._waiting = left
        return step

    @staticmethod
    def _fail(step: Sequence[Waiting], error: Exception) -> None:
        for _, future in step:
            if not future.done():
                future.set_exception(error)


def handle_all(session: Session, router: Router, updates: Sequence[Mapping[str, Any]], now: datetime) -> list[Answered]:
    """Handles presses of different users once each; a redelivery changes nothing but is answered. In the order given."""
    events = [_press(update, now) for update in updates]
    marks = [{"update_id": event.update_id, "at": now} for event in events]
    new = insert_many_once(session, HandledRow, marks)
    fresh = [(event, update) for event, update in zip(events, updates, strict=True) if event.update_id in new]
    behind = set(session.scalars(_behind, {"users": [event.user for event, _ in fresh]})) if fresh else set()
    for event, update in fresh:
        if event.user in behind:
            handling.park(session, update, None, now)
    answered = _respond(session, router, [event for event, _ in fresh if event.user not in behind], now)
    return [answered.get(event.update_id) or Answered(event.callback) for event in events]


def _press(update: Mapping[str, Any], now: datetime) -> Pressed:
    event = telegram.read(update, now)
    if not isinstance(event, Pressed):
        raise Alone
    return event


def _respond(session: Session, router: Router, events: Sequence[Pressed], now: datetime) -> dict[int, Answered]:
    who = people.persons_of_accounts(session, "telegram", [event.user for event in events], now)
    people.lock_persons(session, [person.id for person in who.values()])
    events = [replace(event, person=who[event.user].id) if event.user in who else event for event in events]
    for event in events:
        handling.membership(session, event, who.get(event.user), now)
    replies = router.answer_all(session, events, now)
    replying.write_all(session, list(zip(events, replies, strict=True)), now)
    pairs = zip(events, replies, strict=True)
    return {event.update_id: handling.answered(event, reply, who.get(event.user)) for event, reply in pairs}
