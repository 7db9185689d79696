"""Server-sent events for the page: what changed, so that it need not ask again and again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

KEEP_ALIVE_SECONDS = 15.0
MOST_WAITING = 5_000


class Events:
    """A broadcast to whoever listens. A listener that does not read is cut off and has to come back."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str | None]] = set()

    def send(self, event: str, **data: Any) -> None:
        """Tell every listener. Costs nothing while nobody listens."""
        if not self._listeners:
            return
        text = f"data: {json.dumps({'event': event, **data}, ensure_ascii=False)}\n\n"
        for queue in list(self._listeners):
            if queue.qsize() >= MOST_WAITING:
                self._listeners.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(text)

    async def stream(self) -> AsyncIterator[str]:
        """The text of the stream, one event at a time, with comments in quiet times."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield ": listening\n\n"
            while True:
                try:
                    text = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    text = ": quiet\n\n"
                if text is None:
                    return
                yield text
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        for queue in self._listeners:
            queue.put_nowait(None)
