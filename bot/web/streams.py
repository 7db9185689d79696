"""`/desk/live`: the stream of a page, for whoever may open that page."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.db.reading import reading
from bot.web import store
from bot.web.live import TooMany
from bot.web.login import Door, cross_site
from bot.web.model import Visitor

PATH = "/desk/live"
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
"""A proxy must pass each event on at once: nginx heeds the second, others the first."""


class Streams:
    """The streams of one house. `opens(visitor, path)` says whether somebody may open a page."""

    def __init__(self, house: Any, door: Door, opens: Any) -> None:
        self._house, self._door, self._opens = house, door, opens

    def routes(self) -> list[Route]:
        """The one address."""
        return [Route(PATH, self.answer, methods=["GET"])]

    async def answer(self, request: Request) -> Response:
        """Opens a stream: 401 without a session, 403 and 404 as its page, 429 where there are too many."""
        token, path = self._door.token(request), request.query_params.get("page", "")
        visitor = await asyncio.to_thread(self._visitor, token)
        if visitor is None or token is None:
            return Response(status_code=401)
        if cross_site(request) or not self._opens(visitor, path):
            return Response(status_code=403)
        live = self._house.live
        if not live.topics(path):
            return Response(status_code=404)
        try:
            stream = live.open(token, path)
        except TooMany:
            return Response(status_code=429, headers={"Retry-After": "60"})
        events = live.events(stream, request.query_params.get("since", ""))
        return StreamingResponse(events, media_type="text/event-stream", headers=HEADERS)

    def _visitor(self, token: str | None) -> Visitor | None:
        with reading(self._house.engine) as session:
            return store.visitor(session, token, self._house.clock.now())
