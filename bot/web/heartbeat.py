"""A sign of life to a monitor outside: it rings when none comes, so a process that hangs is noticed like one that is dead.

It beats only where all parts run and the writer has just committed: a loop or a writer that stands still sends nothing.
"""

from __future__ import annotations

from typing import Any

import aiohttp
import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

EVERY_S = 60.0
LIMIT_S = 10.0
log = structlog.get_logger("davy")


class Heartbeat:
    """Calls one address a minute; what goes wrong is logged and tried again with the next."""

    def __init__(self, house: Any, url: str) -> None:
        self._house, self._url = house, url
        self.beats = 0

    async def beat(self) -> None:
        """One beat, where all is well."""
        if not all(self._house.parts.values()):
            return
        await self._house.writer.in_transaction(_nothing)
        try:
            limit = aiohttp.ClientTimeout(total=LIMIT_S)
            async with aiohttp.ClientSession(timeout=limit) as http, http.get(self._url) as answer:
                if answer.status >= 400:
                    log.warning("the monitor refuses the heartbeat", status=answer.status)
                else:
                    self.beats += 1
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("the monitor cannot be reached", error=type(error).__name__)


def _nothing(session: Session) -> None:
    session.execute(text("SELECT 1"))
