"""What a contender is given, and what it offers to whoever measures it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

TOKEN = "4848:bench-token-bench-token-bench-token"
SECRET = "bench-secret"
VERDICT = "<b>That is right.</b>\n\nA glove near a turning shaft pulls the hand in. Stop the machine first."
"""What a peer puts into the pressed message; ours makes its own from the question."""


@dataclass
class Running:
    """A contender that takes updates. `go` is begun at the word, `finish` ends the work and tells what became of it."""

    finish: Callable[[], Awaitable[dict[str, Any]]]
    go: Callable[[], Coroutine[Any, Any, None]] | None = None


async def nothing() -> dict[str, Any]:
    """What a contender that stores nothing has to tell."""
    return {}
