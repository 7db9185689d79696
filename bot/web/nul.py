"""A NUL character is in nothing that a person types, and PostgreSQL takes none: whoever sends one is refused at the door, 400.

The address, and every form that a page reads. A call of the API has its own check: it is answered as all mistakes there are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.api.model import ROOT
from bot.web.shell import notice, reader_of

NUL = "\x00"


class HoldsNul(Exception):
    """A form holds a NUL character."""


class NoNul:
    """Refuses an address that holds one, in its path or after the question mark."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and not scope["path"].startswith(f"{ROOT}/") and _holds(scope):
            answer = await refused(Request(scope), HoldsNul())
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _holds(scope: Scope) -> bool:
    return NUL in scope["path"] or NUL.encode() in unquote_to_bytes(scope["query_string"])


@asynccontextmanager
async def form(request: Request, **limits: Any) -> AsyncIterator[FormData]:
    """A request's form within Starlette's limits. Raises HoldsNul; what lies in a file is the file's own matter."""
    async with request.form(**limits) as found:
        for name, value in found.multi_items():
            said = value.filename or "" if isinstance(value, UploadFile) else value
            if NUL in name or NUL in said:
                raise HoldsNul
        yield found


async def refused(request: Request, error: Exception) -> Response:
    """The answer: in words for people, a bare status for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        return Response(status_code=400)
    return notice(reader_of(request, None), "not_found", 400)
