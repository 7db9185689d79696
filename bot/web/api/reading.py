"""From a request to a checked call: token, parameters, body, idempotency key. Each mistake is a Problem."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from pydantic import ValidationError
from starlette.requests import Request

from bot.delivery import seals
from bot.kit.endpoints import Asked, Body, Call, Endpoint, Problem
from bot.web.api import problems
from bot.web.api.model import MOST_BODY

BEARER = re.compile(r"bearer +([!-~]{1,200})", re.IGNORECASE)
KEY = re.compile(r"[0-9A-Za-z_-]{1,100}")
JSON = re.compile(r"application/(?:[\w.-]+\+)?json(?:\s*;.*)?", re.IGNORECASE)


def token_of(request: Request) -> str | None:
    """What stands in `Authorization: Bearer`; None where there is nothing of the kind."""
    found = BEARER.fullmatch(request.headers.get("authorization", "").strip())
    return found[1] if found else None


def asked(model: type[Asked], request: Request, path: Mapping[str, str]) -> Asked:
    """The parameters of the path and the query. The same one twice is a mistake: nobody could say which was meant."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    given = dict(pairs)
    twice = sorted({name for name, _ in pairs if [each for each, _ in pairs].count(name) > 1} | (given.keys() & path))
    if twice:
        told = [{"where": f"query.{name[:40]}", "says": "stands there twice"} for name in twice]
        raise Problem(422, "invalid_request", "the call is not as the document has it", errors=told)
    try:
        return model.model_validate({**given, **path})
    except ValidationError as error:
        raise problems.invalid("parameters", error) from None


async def bytes_of(request: Request) -> bytes:
    """The body, read no further than it may be long."""
    if not JSON.fullmatch(request.headers.get("content-type", "")):
        raise Problem(415, "not_json", "send the body as application/json")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BODY:
            raise Problem(413, "body_too_large", f"a body has at most {MOST_BODY} bytes")
        parts.append(part)
    return b"".join(parts)


def body_of(model: type[Body], data: bytes) -> Body:
    """The body as its model has it."""
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        raise problems.invalid("body", error) from None


def key_of(endpoint: Endpoint, request: Request, token: int) -> str:
    """The idempotency key under seal, for this token and endpoint alone."""
    given = request.headers.get("idempotency-key", "")
    if not KEY.fullmatch(given):
        told = [{"where": "header.Idempotency-Key", "says": "1 to 100 of 0-9 A-Z a-z _ -, another for each new call"}]
        raise Problem(422, "invalid_request", "the call is not as the document has it", errors=told)
    return seals.seal().name("api", token, endpoint.name, given)


async def call_of(endpoint: Endpoint, request: Request, path: Mapping[str, str], token: int) -> tuple[Call, bytes]:
    """The whole call, and its body as it came."""
    args = asked(endpoint.asks, request, path)
    key = key_of(endpoint, request, token) if endpoint.keyed else ""
    data = await bytes_of(request) if endpoint.body is not None else b""
    return Call(args, body_of(endpoint.body, data) if endpoint.body is not None else None, key), data
