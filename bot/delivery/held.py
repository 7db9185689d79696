"""Which rows one claimer has in hand, which must wait, and which chats something is already going to. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Held:
    """Rows in hand (with the chat they go to) and rows put off until a monotonic time."""

    _going: dict[int, int | None] = field(default_factory=dict)
    _later: dict[int, tuple[float, int | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many rows are in hand."""
        return len(self._going)

    def take(self, id: int, chat: int | None) -> None:
        """Takes a row in hand; while it is, nothing else goes to its chat."""
        self._going[id] = chat

    def release(self, id: int) -> None:
        """The row is out of hand; its chat is free unless `wait` keeps it."""
        self._going.pop(id, None)

    def going(self) -> list[int]:
        """Rows in hand."""
        return list(self._going)

    def busy(self, chat: int) -> bool:
        """Whether something is going to a chat, or waits to go there again."""
        return chat in self._going.values() or any(chat == kept for _, kept in self._later.values())

    def wait(self, id: int, chat: int | None, until: float) -> None:
        """Puts a row off; with a chat, nothing else goes there meanwhile."""
        self._later[id] = (until, chat)

    def forget(self, now: float) -> None:
        """What was put off until now may be tried again."""
        for id in [id for id, (until, _) in self._later.items() if until <= now]:
            del self._later[id]

    def rows(self) -> list[int]:
        """Rows not to be taken."""
        return list(self._later)

    def chats(self) -> set[int]:
        """Chats for which nothing is to be taken."""
        kept = {chat for _, chat in self._later.values()} | set(self._going.values())
        return {chat for chat in kept if chat is not None}

    @property
    def failing(self) -> int:
        """How many rows are put off."""
        return len(self._later)

    def soonest(self, otherwise: float) -> float:
        """When the next row may be tried again."""
        return min((until for until, _ in self._later.values()), default=otherwise)
