"""What falls due in delivery itself: what was held back for too long, and broadcasts that are under way."""

from __future__ import annotations

from bot.delivery import backlog, progress
from bot.kit.room import Tick

TICKS = (Tick("delivery.settle_backlog", backlog.settle, 30), Tick("delivery.broadcast", progress.work, 2))
