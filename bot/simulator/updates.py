"""A bot's queue of updates: confirmed by offset, forgotten when they are too old, taken by one poller at a time."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.simulator.errors import Refusal

DAY = 24 * 3600.0
PRESS_LIFE = 150.0
LIVES = {
    "callback_query": PRESS_LIFE,
    "inline_query": PRESS_LIFE,
    "shipping_query": PRESS_LIFE,
    "pre_checkout_query": PRESS_LIFE,
}
MOST_WAITING = 100_000
BY_DEFAULT_OFF = {"chat_member", "message_reaction", "message_reaction_count"}
MOST_POLL_SECONDS = 50.0
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
SET_WEBHOOK = "Conflict: terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass(slots=True)
class Pending:
    """An update that waits. `text` is its JSON, written when it happened; `at` and `until` are simulator time."""

    update_id: int
    kind: str
    key: tuple[str, int | str]
    text: str
    at: float
    until: float
    fails: int = 0
    not_before: float = 0.0  # monotonic, for webhook retries


class UpdateQueue:
    """First in, first out. `now` gives simulator time in unix seconds."""

    def __init__(self, now: Callable[[], float], first_id: int = 700_000_001) -> None:
        self._now = now
        self._next_id = first_id
        self.waiting: OrderedDict[int, Pending] = OrderedDict()
        self._next_expiry = float("inf")
        self.allowed: list[str] = []
        self.dropped = 0
        self.webhook_url = ""
        self.on_push: Callable[[], None] | None = None  # wakes the webhook
        self._poller: asyncio.Future[str] | None = None  # done with why it ends: a conflict, or "" for news

    def wants(self, kind: str) -> bool:
        """Whether `allowed_updates` lets this kind through."""
        return kind in self.allowed if self.allowed else kind not in BY_DEFAULT_OFF

    def push(self, kind: str, body: Any, key: tuple[str, int | str]) -> int | None:
        """Queue an update; its id, or None if the bot does not ask for the kind or the queue is full."""
        if not self.wants(kind):
            return None
        return self.push_text(kind, lambda uid: json.dumps({"update_id": uid, kind: body}, ensure_ascii=False), key)

    def push_text(self, kind: str, text: Callable[[int], str], key: tuple[str, int | str]) -> int | None:
        """Queue raw text, well-formed or not."""
        if len(self.waiting) >= MOST_WAITING:
            self.dropped += 1
            return None
        update_id = self._next_id
        self._next_id += 1
        now = self._now()
        until = now + LIVES.get(kind, DAY)
        self.waiting[update_id] = Pending(update_id, kind, key, text(update_id), now, until)
        self._next_expiry = min(self._next_expiry, until)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result("")
        if self.on_push is not None:
            self.on_push()
        return update_id

    def expire(self) -> None:
        """Forget what is older than its life."""
        now = self._now()
        if now < self._next_expiry:
            return
        for update_id in [p.update_id for p in self.waiting.values() if p.until <= now]:
            del self.waiting[update_id]
        self._next_expiry = min((p.until for p in self.waiting.values()), default=float("inf"))

    def confirm(self, offset: int) -> None:
        """Forget updates below the offset; a negative offset keeps only that many of the newest."""
        if offset < 0:
            while len(self.waiting) > -offset:
                self.waiting.popitem(last=False)
        elif offset > 0:
            while self.waiting and next(iter(self.waiting)) < offset:
                self.waiting.popitem(last=False)

    def remove(self, update_id: int) -> None:
        """Forget one update: a webhook took it."""
        self.waiting.pop(update_id, None)

    def oldest(self) -> Pending | None:
        """The update that has waited longest."""
        return next(iter(self.waiting.values()), None)

    def oldest_age(self) -> float | None:
        """Seconds (simulator time) since the oldest waiting update."""
        oldest = self.oldest()
        return None if oldest is None else self._now() - oldest.at

    def first(self, limit: int) -> list[Pending]:
        """The first waiting updates, still unconfirmed."""
        self.expire()
        return list(itertools.islice(self.waiting.values(), limit))

    async def poll(self, offset: int, limit: int, wait_seconds: float) -> list[Pending]:
        """getUpdates: confirm, then answer what waits, waiting that many real seconds for the first.

        A second poller ends the first one with 409, as Telegram does.
        """
        if self.webhook_url:
            raise Refusal(409, WEBHOOK_ACTIVE)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(CONFLICT)
        self.confirm(offset)
        found = self.first(limit)
        wait_seconds = min(wait_seconds, MOST_POLL_SECONDS)
        if found or wait_seconds <= 0:
            return found
        waiter = asyncio.get_running_loop().create_future()
        self._poller = waiter
        try:
            outcome = await asyncio.wait_for(waiter, wait_seconds)
        except TimeoutError:
            outcome = ""
        finally:
            if self._poller is waiter:
                self._poller = None
        if outcome:
            raise Refusal(409, outcome)
        return self.first(limit)

    @property
    def polled(self) -> bool:
        """Whether somebody waits for updates right now."""
        return self._poller is not None

    def interrupt(self, why: str = CONFLICT) -> None:
        """End a waiting poller, because a webhook was set or the simulator stops."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(why)
