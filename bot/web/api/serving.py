"""`/api/v1`: finds the endpoint, asks who calls and whether they may, lets the room answer, notes what was read of whom."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.db.reading import reading
from bot.db.writer import WriterStopped
from bot.kit.endpoints import Call, Endpoint, Problem, Rows
from bot.kit.errors import Refused
from bot.kit.room import Room
from bot.people import store as people
from bot.people.model import Caller
from bot.web.api import actions, feeds, openapi, problems, store
from bot.web.api.model import ROOT, USED_EVERY
from bot.web.api.reading import call_of, token_of
from bot.web.open import Turnstile

log = structlog.get_logger("davy.api")
AT_ONCE = 3
"""Calls answered at the same time: fewer than there are connections for readers, so that pages still open."""
WRONG_EACH = 30
"""So many wrong tokens a minute from one address are answered."""
ALL = 1_000_000
"""The turnstile's limit for all together is no limit here: each token has its own."""
DOCUMENT = "/openapi.json"


class Rest(PathConvertor):
    """All that follows, also a line break: what is no address of ours is answered like the others."""

    regex = "(?s:.*)"


register_url_convertor("rest", Rest())


class Api:
    """All endpoints of all rooms in one house, as an ASGI application."""

    def __init__(self, house: Any) -> None:
        self._house = house
        self._found = table(house.rooms)
        self._document = openapi.written(house.rooms).encode()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._late = asyncio.Semaphore(1)
        self._wrong = Turnstile(WRONG_EACH, ALL)
        self._calls = Turnstile(house.settings.api_per_minute, ALL)

    def routes(self) -> list[Route]:
        """One route for all: what is below it is found here, so that every answer is of one kind."""
        return [Route(f"{ROOT}/{{rest:rest}}", self)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except Problem as problem:
            answer = problems.answer(problem, _headers_of(problem))
        except Refused as refusal:
            answer = problems.answer(problems.refused(refusal))
        except (DBAPIError, WriterStopped):
            words = "nothing was read or kept; come again"
            answer = problems.answer(Problem(503, "database", words), {"Retry-After": "5"})
        except Exception:
            log.exception("a call failed", method=request.method)
            answer = problems.answer(Problem(500, "broken", "this is a fault of ours; it is in the log"))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "")).removeprefix(ROOT)
        if path == DOCUMENT and request.method == "GET":
            return tagged(request, self._document, "application/json")
        endpoint, values, feed = self._endpoint(request.method, path)
        caller, now = await self._caller(request), self._house.clock.now()
        if endpoint.scope is not None and not caller.may(endpoint.scope):
            raise Problem(403, "scope_missing", "the token lacks a scope", scope=endpoint.scope.value)
        call, data = await call_of(endpoint, request, values, caller.token)
        if feed:
            return await feeds.answer(self._house, self._turns, endpoint, caller, call, now)
        if endpoint.writes:
            word = token_of(request) or ""
            said = await self._house.writer.in_transaction(_carry_out, endpoint, word, call, data, now)
            return _made(request, endpoint, call, said)
        async with self._turns:
            said, person = await asyncio.to_thread(self._read, endpoint, caller, call, now)
        if endpoint.personal or person is not None:
            await self._house.writer.in_transaction(actions.note_read, caller, endpoint.name, person, now)
        return _made(request, endpoint, call, said)

    def _endpoint(self, method: str, path: str) -> tuple[Endpoint, dict[str, str], bool]:
        there = [(each, found) for each in self._found if (found := each[0].fullmatch(path)) is not None]
        for (_, endpoint, feed), found in there:
            if endpoint.method == method:
                return endpoint, found.groupdict(), feed
        if not there and path != DOCUMENT:
            raise Problem(404, "no_such_address", f"see {ROOT}{DOCUMENT} for all there are")
        allowed = sorted({each[1].method for each, _ in there} or {"GET"})
        raise Problem(405, "method_not_allowed", f"here one can {', '.join(allowed)}", allowed=allowed)

    async def _caller(self, request: Request) -> Caller:
        """Who calls. What is guessed is counted by address, what is asked by token."""
        word, now = token_of(request), self._house.clock.now()
        if word is None:
            raise Problem(401, "token_missing", "send Authorization: Bearer and a token")
        # an address that guessed too often waits behind its like, and takes no turn from the others
        guessed = self._wrong.is_over(_address(request), time.monotonic())
        async with self._late if guessed else self._turns:
            caller, used = await asyncio.to_thread(self._known, word, now)
        if caller is None:
            if not self._wrong.lets(_address(request), time.monotonic()):
                raise Problem(429, "too_many_wrong_tokens", "wait a minute")
            raise Problem(401, "token_unknown", problems.SAYS[401])
        if not self._calls.lets(str(caller.token), time.monotonic()):
            raise Problem(429, "too_many_calls", f"a token calls {self._house.settings.api_per_minute} times a minute")
        if used is None or now - used > USED_EVERY:
            await self._house.writer.in_transaction(actions.note_used, caller.token, now)
        return caller

    def _known(self, word: str, now: datetime) -> tuple[Caller | None, datetime | None]:
        with reading(self._house.engine) as session:
            caller = store.caller(session, word, now)
            return caller, store.used_at(session, caller.token) if caller is not None else None

    def _read(self, endpoint: Endpoint, caller: Caller, call: Call, now: datetime) -> tuple[Any, int | None]:
        with reading(self._house.engine) as session:
            said = endpoint.do(session, caller, call, now)
            return said, _about(session, endpoint, call, now)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def table(rooms: Iterable[Room]) -> list[tuple[re.Pattern[str], Endpoint, bool]]:
    """Every endpoint with the pattern of its path, and each feed; a path without parameters goes before one with."""
    found = []
    for endpoint in endpoints(rooms):
        found.append((pattern(endpoint.path), endpoint, False))
        if endpoint.feed:
            found.append((pattern(f"/feeds/{endpoint.feed}.csv"), endpoint, True))
    return sorted(found, key=lambda each: (each[0].groups, each[0].pattern))


def endpoints(rooms: Iterable[Room]) -> list[Endpoint]:
    """All that the rooms offer, by path."""
    return sorted((each for room in rooms for each in room.endpoints), key=lambda each: (each.path, each.method))


def pattern(path: str) -> re.Pattern[str]:
    """`/people/{badge}` as what a path is compared with."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))


def tagged(request: Request, data: bytes, kind: str, status: int = 200) -> Response:
    """An answer with a mark of its content; nothing of it where whoever asks has it already."""
    mark = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    if mark in [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers={"ETag": mark, "Cache-Control": "private, no-cache"})
    return Response(data, status, {"ETag": mark, "Cache-Control": "private, no-cache"}, kind)


def _made(request: Request, endpoint: Endpoint, call: Call, said: Any) -> Response:
    if endpoint.gives is None:
        return Response(status_code=204)
    if isinstance(said, Rows):
        more = len(said.items) >= call.args.limit
        items = b",".join(each.model_dump_json().encode() for _, each in said.items)
        following = f'"{said.items[-1][0]}"'.encode() if more else b"null"
        return tagged(request, b'{"items":[' + items + b'],"next":' + following + b"}", "application/json")
    data = said.model_dump_json().encode()
    if endpoint.method == "GET":
        return tagged(request, data, "application/json")
    return Response(data, endpoint.status, media_type="application/json")


def _carry_out(session: Session, endpoint: Endpoint, word: str, call: Call, data: bytes, now: datetime) -> Any:
    """In one transaction: the right once more, what is to be done, and that another program did it."""
    caller = store.caller(session, word, now)
    if caller is None or (endpoint.scope is not None and not caller.may(endpoint.scope)):
        raise Problem(401, "token_unknown", problems.SAYS[401])
    if call.key:
        said = hashlib.sha256(call.args.model_dump_json().encode() + data).hexdigest()
        call = replace(call, again=actions.came_before(session, call.key, said, now))
    found = endpoint.do(session, caller, call, now)
    note = actions.note_read if endpoint.method == "GET" else actions.note_changed
    note(session, caller, endpoint.name, _about(session, endpoint, call, now), now)
    return found


def _about(session: Session, endpoint: Endpoint, call: Call, now: datetime) -> int | None:
    """The person whose data it is; None where it is nobody's alone."""
    if not endpoint.about:
        return None
    who = people.person_by_badge(session, str(getattr(call.args, endpoint.about)), now)
    return who.id if who is not None else None


def _headers_of(problem: Problem) -> dict[str, str]:
    match problem.status:
        case 401:
            return {"WWW-Authenticate": 'Bearer realm="davy"'}
        case 405:
            return {"Allow": ", ".join(problem.more.get("allowed", ()))}
        case 429:
            return {"Retry-After": "60"}
    return {}
