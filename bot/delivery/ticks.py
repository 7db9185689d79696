"""What falls due in delivery itself: what was held back for too long."""

from __future__ import annotations

from bot.delivery import backlog
from bot.kit.room import Tick

TICKS = (Tick("delivery.settle_backlog", backlog.settle, 30),)
