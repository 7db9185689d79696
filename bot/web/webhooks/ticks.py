"""What falls due for webhooks: old calls are forgotten. Sending is no tick: it waits for others (see `sending`)."""

from __future__ import annotations

from bot.kit.room import Tick
from bot.web.webhooks import actions

TICKS = (Tick("web.webhooks.forget", actions.forget, seconds=3600),)
