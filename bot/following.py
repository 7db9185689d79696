"""A clock that follows the simulator's, for a bot that runs in a process of its own."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta

EVERY_S = 0.2


class SimulatorClock:
    """Asks `/sim/clock` now and then, and runs on by itself in between."""

    def __init__(self, api_url: str) -> None:
        self._url = f"{api_url.rstrip('/')}/sim/clock"
        self._offset = timedelta()
        self._asked = -EVERY_S
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The simulator's time, at most EVERY_S old."""
        with self._lock:
            if time.monotonic() - self._asked >= EVERY_S:
                with urllib.request.urlopen(self._url, timeout=5) as answer:
                    there = datetime.fromisoformat(json.load(answer)["now"])
                self._offset, self._asked = there - datetime.now(UTC), time.monotonic()
        return datetime.now(UTC) + self._offset
