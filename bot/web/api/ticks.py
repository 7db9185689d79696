"""What falls due for the interface: old idempotency keys go."""

from __future__ import annotations

from bot.kit.room import Tick
from bot.web.api import actions

TICKS = (Tick("web.api.forget_calls", actions.forget_calls, seconds=3600),)
