"""`POST /hooks/{room}/{source}`: signed calls from machines. What they bring is committed before they are answered.

A source (a gateway, another system) signs with a secret of its own, made from the installation's key and its name:
`davy hook NAME` prints it. `Davy-Time` is seconds since 1970; `Davy-Signature` is the hexadecimal HMAC-SHA256 of
`{time}.{source}.` and the body. A call signed more than five minutes ago is refused; the same call again within them changes
nothing, because what rooms take in has keys.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.db.writer import WriterStopped
from bot.kit.clock import SystemClock
from bot.kit.room import Hook
from bot.web.open import Turnstile

log = structlog.get_logger("davy.hooks")
VALID_S = 300
MOST_BYTES = 1024 * 1024
WRONG_EACH = 30
"""So many wrong calls a minute from one address are told what is wrong, and logged; more are answered with 429 until it is over.
Right calls are taken all the while: only wrong ones are counted."""


def secret_of(key: str, source: str) -> str:
    """The secret with which a source signs."""
    return hmac.new(key.encode(), f"hook:{source}".encode(), hashlib.sha256).hexdigest()


def signature(secret: str, at: int, source: str, body: bytes) -> str:
    """What stands in `Davy-Signature`."""
    return hmac.new(secret.encode(), f"{at}.{source}.".encode() + body, hashlib.sha256).hexdigest()


class Hooks:
    """The hooks of all rooms in one house. `key` is the installation's secret; `refused` are sources that may not call any more."""

    def __init__(self, house: Any, key: str, refused: frozenset[str]) -> None:
        self._house, self._key, self._refused = house, key, refused
        self._hooks: dict[str, Hook] = {hook.name: hook for room in house.rooms for hook in room.hooks}
        self._turnstile = Turnstile(each=WRONG_EACH)

    def routes(self) -> list[Route]:
        """One route for all: whoever calls names the room and themselves."""
        return [Route("/hooks/{hook}/{source}", self.answer, methods=["POST"])]

    async def answer(self, request: Request) -> Response:
        """Checks the signature over the whole body, then lets the room take it in a transaction."""
        hook, source = self._hooks.get(request.path_params["hook"]), request.path_params["source"]
        if hook is None:
            return JSONResponse({"error": "there is no such hook"}, 404)
        body = await _body(request)
        if body is None:
            return JSONResponse({"error": f"a body has at most {MOST_BYTES} bytes"}, 413)
        wrong = self._wrong(request, source, body)
        if wrong is not None:
            caller = request.client.host if request.client else ""
            if not self._turnstile.lets(caller, time.monotonic()):
                return JSONResponse({"error": "too many wrong calls; wait a minute"}, 429)
            log.warning("a hook was called wrongly", hook=hook.name, source=source[:60], why=wrong)
            return JSONResponse({"error": wrong}, 401)
        try:
            now = self._house.clock.now()
            status, said = await self._house.writer.in_transaction(hook.do, source, body, now)
        except (DBAPIError, WriterStopped):
            return JSONResponse({"error": "nothing was kept; send it again"}, 503, {"Retry-After": "5"})
        return JSONResponse(said, status)

    def _wrong(self, request: Request, source: str, body: bytes) -> str | None:
        at, given = request.headers.get("Davy-Time", ""), request.headers.get("Davy-Signature", "")
        if not (at.isascii() and at.isdigit()) or len(at) > 12 or not given:
            return "Davy-Time and Davy-Signature are missing"
        expected = signature(secret_of(self._key, source), int(at), source, body)
        if not hmac.compare_digest(given.lower().encode(), expected.encode()) or source in self._refused:
            return "the signature is wrong"
        # the clock on the wall and not the one that people see: a signature is between machines
        return (
            None
            if abs(SystemClock().now().timestamp() - int(at)) <= VALID_S
            else "Davy-Time is more than five minutes away from now"
        )


async def _body(request: Request) -> bytes | None:
    """The body, None where it is too large: read no further than that."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)
