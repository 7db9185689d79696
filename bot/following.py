"""Following the simulator's clock from a process of its own (`DAVY_CLOCK=simulator`).

The clock asks `/sim/clock` now and then; and when the clock is moved by hand, the simulator tells us and waits until
what fell due has been done.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

EVERY_S = 0.2
PATH = "/clock-moved"


class SimulatorClock:
    """Asks `/sim/clock` now and then, and runs on by itself in between."""

    def __init__(self, api_url: str) -> None:
        self._api = api_url.rstrip("/")
        self._offset = timedelta()
        self._asked = -EVERY_S
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The simulator's time, at most EVERY_S old. Raises OSError where the simulator is gone."""
        with self._lock:
            if time.monotonic() - self._asked >= EVERY_S:
                with urllib.request.urlopen(f"{self._api}/sim/clock", timeout=5) as answer:
                    there = datetime.fromisoformat(json.load(answer)["now"])
                self._offset, self._asked = there - datetime.now(UTC), time.monotonic()
        return datetime.now(UTC) + self._offset

    def moved(self) -> None:
        """The simulator says that its clock was moved: ask again at the next look."""
        with self._lock:
            self._asked = -EVERY_S

    def ask_to_be_told(self, address: str) -> None:
        """Names ourselves to the simulator. Raises OSError where it is gone."""
        body = json.dumps({"url": f"{address}{PATH}"}).encode()
        request = urllib.request.Request(f"{self._api}/sim/clock/followers", body, {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=5).close()


class Followed:
    """An application that also hears when the clock was moved."""

    def __init__(self, app: ASGIApp, house: Any, clock: SimulatorClock) -> None:
        self._app, self._house, self._clock = app, house, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["path"] == PATH and scope["client"][0] in ("127.0.0.1", "::1"):
            self._clock.moved()
            await self._house.settle()
            await JSONResponse({"now": self._clock.now().isoformat()})(scope, receive, send)
            return
        await self._app(scope, receive, send)
