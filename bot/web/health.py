"""`/health`: whether this process can do its work, for load balancers and for whoever is called at night."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.db.reading import reading
from bot.delivery.leases import SECONDS, database_time
from bot.delivery.sending_store import SENDER
from bot.delivery.tables import LeaseRow

PATIENCE_S = 2.0


class Health:
    """Answers 200 with `{"ok": true, ...}`, or 503 with what is wrong."""

    def __init__(self, house: Any) -> None:
        self._house = house
        self._free_since: float | None = None
        """Since when the lease on sending is seen to be given back."""

    async def answer(self, request: Request) -> Response:
        """The endpoint. It says which part fails and nothing of why: the log does."""
        parts = {**await self._database(), "receiver": self._receives()}
        ok = all(parts.values())
        return JSONResponse({"ok": ok, **parts}, 200 if ok else 503)

    async def _database(self) -> dict[str, bool]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                sending = await asyncio.to_thread(self._ask)
        except (SQLAlchemyError, OSError, TimeoutError):
            return {"database": False, "sender": False}
        return {"database": True, "sender": sending}

    def _ask(self) -> bool:
        """Whether the database answers (else it raises) and some process holds the lease on sending, or is about to take it."""
        with reading(self._house.engine) as session:
            session.execute(text("SELECT 1"))
            until = session.scalar(select(LeaseRow.until).where(LeaseRow.name == SENDER))
            held = until is not None and until > database_time(session)
        # given back by a replica that ends, it is another's within a second: no balancer shall take that one for ill meanwhile
        self._free_since = (self._free_since or time.monotonic()) if until == 0 else None
        return held or (self._free_since is not None and time.monotonic() - self._free_since < SECONDS)

    def _receives(self) -> bool:
        """Whether updates are asked for; with a webhook that is done by whoever calls, and this process answers."""
        parts: dict[str, bool] = self._house.parts
        needed = {"sender", "worker"} | ({"receiver"} if self._house.settings.updates == "polling" else set())
        return all(parts.get(name, False) for name in needed)
