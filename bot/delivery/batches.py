"""Many small marks in one transaction: while one batch is being committed, the next one gathers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from bot.db.engine import is_down

MOST = 100


class Batches:
    """`commit(items)` gives a future of one result an item; `add(item)` waits for the item's own."""

    def __init__(self, commit: Callable[[list[Any]], Future[Any]]) -> None:
        self._commit = commit
        self._items: list[tuple[Any, asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, item: Any) -> Any:
        """The item's result once its batch is durable."""
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._items.append((item, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._flush())
        return await done

    async def drain(self) -> None:
        """Waits until nothing is pending."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def _flush(self) -> None:
        while self._items:
            batch, self._items = self._items[:MOST], self._items[MOST:]
            try:
                await self._together(batch)
            except Exception as error:
                if len(batch) == 1 or is_down(error):
                    _fail(batch, error)
                    continue
                for one in batch:  # one that cannot be stored must not take its neighbours along
                    try:
                        await self._together([one])
                    except Exception as alone:
                        _fail([one], alone)
            except BaseException as error:
                _fail(batch + self._items, error)
                raise

    async def _together(self, batch: list[tuple[Any, asyncio.Future[Any]]]) -> None:
        results = await asyncio.wrap_future(self._commit([item for item, _ in batch]))
        for (_, done), result in zip(batch, results, strict=True):
            if not done.done():
                done.set_result(result)


def _fail(batch: list[tuple[Any, asyncio.Future[Any]]], error: BaseException) -> None:
    for _, done in batch:
        if not done.done():
            done.set_exception(error)
