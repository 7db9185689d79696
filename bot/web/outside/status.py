"""How Davy itself is, for everybody: up or not, and since when. No figures of people, no reasons."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.db.reading import reading
from bot.delivery.leases import database_time
from bot.delivery.sending_store import SENDER, paused
from bot.delivery.tables import LeaseRow

PATIENCE_S = 2.0


class Status:
    """The state of one house, as anybody may see it."""

    def __init__(self, house: Any) -> None:
        self._house = house
        self._since: datetime = house.clock.now()

    async def now(self) -> dict[str, Any]:
        """`database`, `sends` (`going`, `paused`, `stopped`), and since when: this process runs, nobody sends."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                sends, since = await asyncio.to_thread(self._ask)
        except (SQLAlchemyError, OSError, TimeoutError):
            return {"up_since": self._since.isoformat(), "database": False, "sends": "stopped", "since": ""}
        return {"up_since": self._since.isoformat(), "database": True, "sends": sends, "since": since}

    def _ask(self) -> tuple[str, str]:
        with reading(self._house.engine) as session:
            session.execute(text("SELECT 1"))
            until = session.scalar(select(LeaseRow.until).where(LeaseRow.name == SENDER))
            if until is None or until <= database_time(session):
                return "stopped", datetime.fromtimestamp(until, UTC).isoformat() if until else ""
            return ("paused" if paused(session) > 0 else "going"), ""
