"""What falls due: the retention schedule."""

from __future__ import annotations

from bot.kit.room import Tick
from bot.privacy import keeping

TICKS = (
    Tick("privacy.keep", keeping.keep_to_schedule, 3600),
    Tick("privacy.left", keeping.erase_those_who_left, 3600),
)
JOBS = {keeping.SWEEP: keeping.sweep}
