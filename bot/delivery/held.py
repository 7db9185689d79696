"""Which rows the sender has in hand, which must wait, and which chats something is already going to. Pure."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass
class Held:
    """Of one claimer: rows in hand (with the chat they go to) and rows put off until a monotonic time."""

    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _busy: set[int] = field(default_factory=set)
    _going: set[int] = field(default_factory=set)
    _later: dict[int, tuple[float, int | None]] = field(default_factory=dict)
    _behind: dict[int, int] = field(default_factory=dict)

    def take(self, id: int, chat: int | None) -> bool:
        """Takes a row in hand, unless it is already, or something else is going to its chat."""
        if id in self._busy or id in self._later:
            return False
        if chat is not None:
            if chat in self._going or any(chat == kept for _, kept in self._later.values()):
                self._behind[id] = chat
                return False
            self._going.add(chat)
        self._busy.add(id)
        return True

    def release(self, id: int, chat: int | None) -> None:
        """The row is out of hand; its chat is free unless `wait` keeps it."""
        self._busy.discard(id)
        if chat is not None:
            self._going.discard(chat)
            self._behind = {row: other for row, other in self._behind.items() if other != chat}

    def wait(self, id: int, chat: int | None, until: float) -> None:
        """Puts a row off; with a chat, nothing else goes there meanwhile."""
        self._later[id] = (until, chat)

    def forget(self, now: float) -> None:
        """What was put off until now may be tried again."""
        over = {id for id, (until, _) in self._later.items() if until <= now}
        freed = {self._later.pop(id)[1] for id in over}
        self._behind = {id: chat for id, chat in self._behind.items() if chat not in freed}

    def rows(self) -> list[int]:
        """Rows not to be fetched."""
        return [*self._busy, *self._later, *self._behind]

    def chats(self) -> list[int]:
        """Chats for which nothing is to be fetched."""
        return [*self._going, *{chat for _, chat in self._later.values() if chat is not None}]

    @property
    def failing(self) -> int:
        """How many rows are put off."""
        return len(self._later)

    def soonest(self, otherwise: float) -> float:
        """When the next row may be tried again."""
        return min((until for until, _ in self._later.values()), default=otherwise)
