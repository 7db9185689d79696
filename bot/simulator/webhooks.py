"""Webhook delivery: the secret header, one update a key at a time, growing delays, a method in the reply."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.simulator.jsontext import read_json
from bot.simulator.state import Bot
from bot.simulator.updates import Pending

if TYPE_CHECKING:
    from bot.simulator.world import World

FIRST_DELAY = 1.0
LAST_DELAY = 60.0
ANSWER_SECONDS = 60.0


@dataclass(slots=True)
class Hook:
    """The webhook of one bot, while it is set."""

    bot: Bot
    url: str
    secret: str | None
    most_connections: int
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    busy: set[tuple[str, int | str]] = field(default_factory=set)
    task: asyncio.Task[None] | None = None
    running: set[asyncio.Task[None]] = field(default_factory=set)
    last_error: tuple[int, str] | None = None


class Webhooks:
    """Runs the webhooks of all bots. Delays are real time; `first_delay` and `last_delay` may be shortened by tests."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._hooks: dict[int, Hook] = {}
        self._session: aiohttp.ClientSession | None = None
        self.first_delay = FIRST_DELAY
        self.last_delay = LAST_DELAY

    def start(self, bot: Bot, url: str, secret: str | None, most_connections: int) -> None:
        """Deliver to this address from now on."""
        self.stop(bot)
        hook = Hook(bot, url, secret, most_connections)
        self._hooks[bot.id] = hook
        bot.queue.on_push = hook.wake.set
        hook.task = asyncio.get_running_loop().create_task(self._run(hook))

    def stop(self, bot: Bot) -> None:
        """Deliver no more; what is in flight is let go."""
        hook = self._hooks.pop(bot.id, None)
        bot.queue.on_push = None
        if hook is not None and hook.task is not None:
            hook.task.cancel()

    def info(self, bot: Bot) -> dict[str, Any]:
        """The webhook's part of getWebhookInfo."""
        hook = self._hooks[bot.id]
        info: dict[str, Any] = {"max_connections": hook.most_connections, "ip_address": "127.0.0.1"}
        if hook.last_error is not None:
            info["last_error_date"], info["last_error_message"] = hook.last_error
        return info

    async def close(self) -> None:
        """Stop everything."""
        for hook in list(self._hooks.values()):
            self.stop(hook.bot)
        if self._session is not None:
            await self._session.close()

    async def _run(self, hook: Hook) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        while True:
            hook.wake.clear()
            for update in self._ready(hook):
                hook.busy.add(update.key)
                task = asyncio.create_task(self._deliver(hook, update))
                hook.running.add(task)
                task.add_done_callback(hook.running.discard)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(hook.wake.wait(), self._rest(hook))

    def _ready(self, hook: Hook) -> list[Pending]:
        """The first waiting update of each key that is not in flight, as many as there are connections."""
        hook.bot.queue.expire()
        now = time.monotonic()
        seen = set(hook.busy)
        found: list[Pending] = []
        for update in hook.bot.queue.waiting.values():
            if len(hook.busy) + len(found) >= hook.most_connections:
                break
            if update.key in seen:
                continue
            seen.add(update.key)
            if update.not_before <= now:
                found.append(update)
        return found

    @staticmethod
    def _rest(hook: Hook) -> float:
        """How long until a retry falls due, at most a second."""
        now = time.monotonic()
        due = [u.not_before - now for u in hook.bot.queue.waiting.values() if u.not_before > now]
        return min([1.0, *due])

    async def _deliver(self, hook: Hook, update: Pending) -> None:
        try:
            status, body, retry_after = await self._post(hook, update)
            problem = None if 200 <= status < 300 else f"Wrong response from the webhook: {status}"
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:  # ValueError: an impossible host name
            body, retry_after = b"", None
            problem = "Read timeout expired" if isinstance(error, TimeoutError) else f"Connection failed: {error}"
        if self._hooks.get(hook.bot.id) is hook:
            if problem is None:
                hook.bot.queue.remove(update.update_id)
            else:
                self._postpone(hook, update, problem, retry_after)
        hook.busy.discard(update.key)
        hook.wake.set()
        if problem is None:
            await self._carry_out(hook.bot, body)

    async def _post(self, hook: Hook, update: Pending) -> tuple[int, bytes, float | None]:
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        if self._session is None:
            raise OSError("the simulator is closing")
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with self._session.post(
            hook.url, data=update.text.encode(), headers=headers, timeout=timeout
        ) as response:
            wait = response.headers.get("Retry-After", "")
            return response.status, await response.read(), float(wait) if wait.isdecimal() else None

    def _postpone(self, hook: Hook, update: Pending, problem: str, retry_after: float | None) -> None:
        delay = min(self.first_delay * 2**update.fails, self.last_delay)
        update.fails += 1
        update.not_before = time.monotonic() + max(delay, retry_after or 0.0)
        hook.last_error = (self._world.clock.unix(), problem)

    async def _carry_out(self, bot: Bot, body: bytes) -> None:
        """A method in the reply's body is executed and logged; nobody sees its result."""
        try:
            params = read_json(body) if body.strip() else None
        except ValueError:
            return
        if isinstance(params, dict) and isinstance(params.get("method"), str):
            from bot.simulator.answering import answer  # the two need each other

            await answer(self._world, bot, params.pop("method"), params, {}, via="webhook")
