"""Webhooks, their calls, and what the ledger keeps of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.ledger.model import FactKind

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
"""Before the second try; each later wait is twice as long, up to an hour."""
KEPT = timedelta(days=30)
"""For so long a call that is done, or was given up, is remembered."""
TEST = "webhook.test"
"""The event of `davy webhook test`."""


class State(StrEnum):
    """Where a call stands. DEAD: given up after the days for it. DROPPED: there was nothing to tell, or nobody to tell it to."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Webhook:
    """An address that is told of some events of some units."""

    id: int
    name: str
    url: str
    owner: int
    units: tuple[int, ...]
    scopes: tuple[str, ...]
    events: tuple[str, ...]
    created_at: datetime
    removed_at: datetime | None
    failures: int
    retry_at: datetime | None


@dataclass(frozen=True)
class Due:
    """A call that is to be made now. `tries` counts this one."""

    id: int
    webhook: int
    url: str
    secret: str
    event: str
    payload: Mapping[str, Any]
    tries: int


@dataclass(frozen=True)
class Outcome:
    """What became of a try: an HTTP status, or why there was none. `left`: what was said was nothing, and nothing was sent."""

    status: int | None = None
    error: str = ""
    left: bool = False

    @property
    def good(self) -> bool:
        """Whether the other side has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the other side wants no more of it, ever."""
        return self.status == 410


WEBHOOK_MADE = FactKind(
    "WebhookMade", 1, ("webhook", "events", "units"), "Another program is told of so many events; person answers for it"
)
WEBHOOK_REMOVED = FactKind("WebhookRemoved", 1, ("webhook",), "Another program is told of nothing any more")
FACTS = (WEBHOOK_MADE, WEBHOOK_REMOVED)


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many failed tries."""
    return min(FIRST_WAIT * int(2 ** min(tries - 1, 12)), LONGEST_WAIT)
