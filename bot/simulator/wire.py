"""From HTTP to a call and back: GET and POST, forms, multipart and JSON, any case, broken connections."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from bot.simulator.answering import Answer, answer, refused
from bot.simulator.errors import Refusal
from bot.simulator.fields import Upload
from bot.simulator.jsontext import NotUtf8, read_json
from bot.simulator.world import World

MOST_BODY = 52 * 1024 * 1024
JSON_TYPE = [(b"content-type", b"application/json")]


class Gone(Exception):
    """The bot hung up before its request was whole: the call did not happen."""


async def serve_call(world: World, scope: Scope, receive: Receive, send: Send, rest: str) -> None:
    """Answer one request to `/bot<token>/<method>`; `rest` is what follows `/bot`."""
    token, _, method = rest.partition("/")
    try:
        bot = world.bot_of(token)
    except Refusal as refusal:
        await _reply(send, Answer.of_refusal(refusal))
        return
    try:
        params, files = await _read(scope, receive)
    except Refusal as refusal:
        await _reply(send, refused(world, bot, method, {}, refusal))
        return
    except Gone:
        return
    gone = asyncio.Event()
    watch = asyncio.create_task(_watch(receive, gone)) if method.lower() == "getupdates" else None
    try:
        result = await answer(world, bot, method, params, files, gone=gone)
    finally:
        if watch is not None:
            watch.cancel()
    if result is None:
        return  # nobody is there to answer
    await _deliver(send, receive, result)


async def serve_file(world: World, send: Send, rest: str) -> None:
    """Answer `/file/bot<token>/<path>`; `rest` is what follows `/file/bot`."""
    token, _, path = rest.partition("/")
    try:
        world.bot_of(token)
        file = world.files.download(path, world.clock.now().timestamp())
        if file is None:
            raise Refusal(404, "Not Found")
    except Refusal as refusal:
        await _reply(send, Answer.of_refusal(refusal))
        return
    head = [(b"content-type", b"application/octet-stream"), (b"content-length", str(len(file.data)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": file.data})


async def _watch(receive: Receive, gone: asyncio.Event) -> None:
    """Notice that a long poller hung up."""
    while True:
        if (await receive())["type"] == "http.disconnect":
            gone.set()
            return


async def _read(scope: Scope, receive: Receive) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Parameters and attached files, from wherever Telegram accepts them."""
    params: dict[str, Any] = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    if scope["method"] not in {"GET", "POST"}:
        raise Refusal(405, "Method Not Allowed")
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"").decode("latin-1")
    if kind.startswith("multipart/form-data"):
        more, files = await _read_multipart(scope, receive)
        return {**params, **more}, files
    body = await _body(receive)
    if not body:
        return params, {}
    if kind.startswith("application/json"):
        return {**params, **_json(body)}, {}
    if kind.startswith("application/x-www-form-urlencoded") or not kind:
        try:
            return {**params, **dict(parse_qsl(body.decode(), keep_blank_values=True))}, {}
        except UnicodeDecodeError:
            raise Refusal(400, "Bad Request: strings must be encoded in UTF-8") from None
    raise Refusal(400, "Bad Request: unsupported content type")


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = read_json(body)
    except NotUtf8:
        raise Refusal(400, "Bad Request: strings must be encoded in UTF-8") from None
    except ValueError:
        raise Refusal(400, "Bad Request: can't parse request body as JSON object") from None
    if not isinstance(value, dict):
        raise Refusal(400, "Bad Request: can't parse request body as JSON object")
    return value


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BODY:
            raise Refusal(413, "Request Entity Too Large")
        if not message.get("more_body"):
            return b"".join(parts) if len(parts) > 1 else parts[0]


async def _read_multipart(scope: Scope, receive: Receive) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Text parts are parameters; a file part is an attachment, and a parameter when it bears a parameter's name."""
    params: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    try:
        async with Request(scope, receive).form(max_part_size=MOST_BODY) as form:
            for name, value in form.multi_items():
                if isinstance(value, str):
                    params[name] = value
                    continue
                data = await value.read()
                files[name] = Upload(value.filename or name, data, value.content_type or "application/octet-stream")
    except ClientDisconnect:
        raise Gone from None
    except (MultiPartException, HTTPException, ValueError) as problem:
        raise Refusal(400, f"Bad Request: can't parse the multipart body: {problem}") from None
    return params, files


async def _reply(send: Send, result: Answer) -> None:
    head = [*JSON_TYPE, (b"content-length", str(len(result.body)).encode())]
    await send({"type": "http.response.start", "status": result.status, "headers": head})
    await send({"type": "http.response.body", "body": result.body})


async def _deliver(send: Send, receive: Receive, result: Answer) -> None:
    """Answer, or break the connection in the way a fault asks for."""
    if result.fault is None:
        await _reply(send, result)
        return
    if result.fault == "timeout":
        await asyncio.sleep(result.seconds)
        break_connection(receive, hard=False)
    elif result.fault == "reset":
        break_connection(receive, hard=True)
    else:  # truncate: promise everything, send half
        head = [*JSON_TYPE, (b"content-length", str(len(result.body)).encode())]
        await send({"type": "http.response.start", "status": result.status, "headers": head})
        await send(
            {"type": "http.response.body", "body": result.body[: max(1, len(result.body) // 2)], "more_body": True}
        )
        await asyncio.sleep(0.05)
        break_connection(receive, hard=False)


def break_connection(receive: Receive, *, hard: bool) -> None:
    """Close the socket under the request (`hard`: with a TCP reset). uvicorn's `receive` knows its transport."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise RuntimeError("a scripted fault breaks connections only when the simulator is served by uvicorn")
    if hard:
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
