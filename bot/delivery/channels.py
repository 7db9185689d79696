"""The ways in which people speak with Davy. An adapter reads what came as an event; all behind it is the same for every channel.

Out, a row of the outbox goes where its person is reached: to Telegram by a call (`preparing`, `calling`), to a page in a browser by
laying it down there (`browser.inbox`). A third channel is a third branch in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.delivery import telegram
from bot.delivery.browser import reading
from bot.kit.events import AnyEvent, Unread


def read(update: Mapping[str, Any], now: datetime) -> AnyEvent | Unread:
    """What came, by whatever channel, as an event."""
    return reading.read(update) if reading.BODY in update else telegram.read(update, now)
