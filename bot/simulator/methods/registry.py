"""Which methods are played, and what a method gets to see of its call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.simulator.fields import Upload
from bot.simulator.state import Bot, Chat
from bot.simulator.world import World


@dataclass(slots=True)
class Call:
    """One checked call."""

    world: World
    bot: Bot
    method: str
    args: dict[str, Any]
    files: dict[str, Upload]
    message_ids: list[int] = field(default_factory=list)  # what it sent or changed, for the log

    def get(self, name: str, default: Any = None) -> Any:
        """An argument, or the default where it was not given."""
        return self.args.get(name, default)

    def chat(self) -> Chat:
        """The chat that `chat_id` names, if the bot may write there."""
        return self.world.writable(self.bot, self.args["chat_id"])

    def spend(self, chat: Chat, cost: int = 1, *, edit: bool = False) -> None:
        """Flood control: 429 when it is too much."""
        self.world.floods[self.bot.id].spend(chat.id, cost, edit=edit)


@dataclass(frozen=True, slots=True)
class RawResult:
    """A result that is JSON text already."""

    text: str


Play = Callable[[Call], Any | Awaitable[Any]]
P = TypeVar("P", bound=Callable[[Call], Any])
PLAYED: dict[str, Play] = {}


def plays(*names: str) -> Callable[[P], P]:
    """Enter a function as the player of these methods."""

    def enter(function: P) -> P:
        for name in names:
            PLAYED[name] = function
        return function

    return enter
