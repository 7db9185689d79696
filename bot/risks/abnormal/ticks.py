"""States that have run their time, requests that nobody decided, and telling an area's people."""

from __future__ import annotations

from bot.kit.room import Tick
from bot.risks.abnormal import actions

TICKS = (Tick("risks.abnormal.expire", actions.expire, 30),)
JOBS = {actions.TELL: actions.tell_slice}
