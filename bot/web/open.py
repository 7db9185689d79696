"""Pages for everybody, without signing in: the page of a certificate's code, what a guest may read.

Few answers a minute, so that nobody tries numbers.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.db.reading import reading
from bot.i18n.say import show
from bot.kit.replies import Media
from bot.web import files
from bot.web.shell import notice, reader_of, whole

WINDOW_S = 60.0
EACH, ALL = 120, 600
"""So many answers a minute to one address, and to all together, of one process. Numbers have 128 bits: this is against load.

A guest's page shows up to forty small pictures a finding, each an answer of its own.
"""
MOST_ADDRESSES = 4096


class Turnstile:
    """Counts who came in the last minute, by monotonic time; forgets the address that came longest ago when there are too many."""

    def __init__(self, each: int = EACH, all: int = ALL, window: float = WINDOW_S) -> None:
        self._each, self._all, self._window = each, all, window
        self._came: OrderedDict[str, deque[float]] = OrderedDict()
        self._total: deque[float] = deque()

    def is_over(self, address: str, at: float) -> bool:
        """Whether this one has come as often as they may; nothing is counted."""
        return sum(came > at - self._window for came in self._came.get(address, ())) >= self._each

    def lets(self, address: str, at: float) -> bool:
        """Whether this one may come in; whoever is turned away is not counted."""
        mine = self._came.setdefault(address, deque())
        self._came.move_to_end(address)
        while len(self._came) > MOST_ADDRESSES:
            self._came.popitem(last=False)
        for times in (mine, self._total):
            while times and times[0] <= at - self._window:
                times.popleft()
        if len(mine) >= self._each or len(self._total) >= self._all:
            return False
        mine.append(at)
        self._total.append(at)
        return True


class OpenPages:
    """The public pages of all rooms in one house."""

    def __init__(self, house: Any) -> None:
        self._house = house
        self._turnstile = Turnstile()
        self._pages = [(page, room) for room in house.rooms for page in room.pages if page.public]

    def routes(self) -> list[Route]:
        """A route for each."""
        return [
            Route(page.path.replace(":int}", ":row}"), self._endpoint(page, room.template))
            for page, room in self._pages
        ]

    def _endpoint(self, page: Any, template: str) -> Any:
        async def answer(request: Request) -> Response:
            # behind a proxy all come from its address; uvicorn puts the caller's own there where the proxy is trusted
            if not self._turnstile.lets(request.client.host if request.client else "", time.monotonic()):
                return notice(reader_of(request, None), "too_many", 429)
            if page.noted is not None:
                # what cannot be put on record is not shown: an error here ends the answer
                await self._house.writer.in_transaction(page.noted, dict(request.path_params), self._house.clock.now())
            return await asyncio.to_thread(self._made, page, template, request)

        return answer

    def _made(self, page: Any, template: str, request: Request) -> Response:
        reader, now = reader_of(request, None), self._house.clock.now()
        try:
            with reading(self._house.engine) as session:
                found = page.do(session, None, dict(request.path_params), now)
        except DBAPIError:
            return notice(reader, "broken", 503)
        if found is None:
            return notice(reader, "not_found", 404)
        if isinstance(found, Media):
            answer = files.answer(request, found)
            answer.headers["Cache-Control"] = "no-store"  # a link that is taken back must open nothing, not even a copy
            return answer
        if zone := found.get("zone"):
            reader = replace(reader, zone=zone)  # it belongs to a place: by the clock there
        said = show(template, page.macro, reader.lang, **{"zone": reader.zone, **found})
        title = str(show(template, page.title, reader.lang))
        return HTMLResponse(whole(reader, title, [said], now=now))
