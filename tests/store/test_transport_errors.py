"""The transport against real servers on the loopback: when it gives up, and what its errors promise."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest
from aiohttp import web
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, TimedOut

from bot.delivery.transport import AiohttpRequest, Timeouts, Upload
from bot.delivery.transport_errors import FloodControl, NotSent, Uncertain, UncertainTimeout, redact
from tests.loopback import Handler, api, ok, peer, read_request, unused_address

TOKEN = "123456789:AAE-abcdefghijklmnopqrstuvwxyz_0123"
QUICK = Timeouts(connect=0.5, pool=0.3, read=0.3, write=0.5, write_files=0.5)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


async def call_against(handler: Handler, timeouts: Timeouts = QUICK) -> Any:
    """The result of one sendMessage to a server that answers with `handler`."""
    async with api(handler) as address, AiohttpRequest(TOKEN, api_url=address, timeouts=timeouts) as request:
        return await request.call("sendMessage", {"chat_id": 1, "text": "Good morning"})


async def test_nobody_listening_is_not_sent() -> None:
    """A refused connection had no effect, for the short way and for the library."""
    address = unused_address()
    async with AiohttpRequest(TOKEN, api_url=address, timeouts=QUICK) as request:
        with pytest.raises(NotSent):
            await request.call("getMe")
        with pytest.raises(NotSent):
            await request.post(f"{address}/bot{TOKEN}/getMe")


async def test_a_name_that_does_not_exist_is_not_sent() -> None:
    """DNS failure: nothing left this machine (.invalid never resolves)."""
    async with AiohttpRequest(TOKEN, api_url="http://telegram.invalid", timeouts=Timeouts(connect=3)) as request:
        with pytest.raises(NotSent):
            await request.call("getMe")


async def test_a_server_without_tls_is_not_sent() -> None:
    """The handshake fails before the request goes out."""
    async with peer(_says_hello_in_plain) as address:
        https = address.replace("http:", "https:")
        async with AiohttpRequest(TOKEN, api_url=https, timeouts=QUICK) as request:
            with pytest.raises(NotSent):
                await request.call("getMe")


async def _says_hello_in_plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 hello\r\n")
    await writer.drain()


async def test_a_full_pool_is_not_sent_and_the_next_call_goes_through() -> None:
    """With one connection, the second call gives up after the pool's time; nothing of it reached the server."""
    arrived: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        arrived.append((await request.json())["text"])
        await asyncio.sleep(1.2)
        return ok(True)

    timeouts = Timeouts(connect=0.2, pool=0.2, read=5, write=1)
    async with api(handler) as address:
        async with AiohttpRequest(TOKEN, api_url=address, connections=1, timeouts=timeouts) as request:
            first = asyncio.create_task(request.call("sendMessage", {"text": "first"}))
            await asyncio.sleep(0.1)
            with pytest.raises(NotSent):
                await request.call("sendMessage", {"text": "second"})
            assert await first is True
            assert await request.call("sendMessage", {"text": "third"}) is True
    assert arrived == ["first", "third"]


async def test_no_answer_in_time_is_uncertain() -> None:
    """The server took the request and is silent: it may have sent the message."""

    async def handler(_: web.Request) -> web.Response:
        await asyncio.sleep(3)
        return ok(True)

    started = time.monotonic()
    with pytest.raises(UncertainTimeout) as caught:
        await call_against(handler)
    assert time.monotonic() - started < 1.5
    assert isinstance(caught.value, TimedOut)


async def test_a_server_that_does_not_read_ends_in_time() -> None:
    """Writing 8 MB to a peer that reads nothing ends with the write timeout, not never."""

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(10)
        await asyncio.sleep(5)

    async with peer(talk) as address, AiohttpRequest(TOKEN, api_url=address, timeouts=QUICK) as request:
        started = time.monotonic()
        with pytest.raises(Uncertain):
            await request.call("sendDocument", {"chat_id": 1}, {"document": Upload("big", bytes(8 * 2**20))})
        assert time.monotonic() - started < 3


async def test_long_polling_may_take_longer_than_other_calls() -> None:
    """read_timeout of one call replaces the usual one."""

    async def handler(_: web.Request) -> web.Response:
        await asyncio.sleep(0.8)
        return ok([])

    async with api(handler) as address, AiohttpRequest(TOKEN, api_url=address, timeouts=QUICK) as request:
        assert await request.call("getUpdates", {"timeout": 1}, read_timeout=3) == []


async def test_a_reset_after_the_request_is_uncertain() -> None:
    """The peer took the request and hung up without a word."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.transport.abort()

    async with peer(talk) as address, AiohttpRequest(TOKEN, api_url=address, timeouts=QUICK) as request:
        with pytest.raises(Uncertain):
            await request.call("getMe")


async def test_an_answer_that_breaks_off_is_uncertain() -> None:
    """Half a body, then the end of the connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"ok": true, "resu')
        await writer.drain()

    async with peer(talk) as address, AiohttpRequest(TOKEN, api_url=address, timeouts=QUICK) as request:
        with pytest.raises(Uncertain):
            await request.call("getMe")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"ok":false,"error_code":500,"description":"Internal Server Error"}'),
        (502, b"<html>Bad Gateway</html>"),
        (504, b""),
        (403, b"<html>Blocked by your administrator</html>"),
        (302, b"please log in to the hotel's network"),
        (200, b"<html>please log in to the hotel's network</html>"),
        (200, b'{"ok": true}'),
        (200, b'["ok"]'),
        (200, b'{"ok": true, "result": \xff'),
    ],
)
async def test_an_answer_that_is_not_telegrams_is_uncertain(status: int, body: bytes) -> None:
    """5xx, a company proxy's own 403, a captive portal: none of them says anything about the person or the message."""

    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body)

    with pytest.raises(Uncertain):
        await call_against(handler)


def refusal(code: int, description: str, **parameters: Any) -> Handler:
    """A Bot API that says no, in its own way."""

    async def handler(_: web.Request) -> web.Response:
        answer = {"ok": False, "error_code": code, "description": description} | (
            {"parameters": parameters} if parameters else {}
        )
        return web.json_response(answer, status=code)

    return handler


@pytest.mark.parametrize(
    ("code", "description", "kind"),
    [
        (400, "Bad Request: chat not found", BadRequest),
        (401, "Unauthorized", InvalidToken),
        (403, "Forbidden: bot was blocked by the user", Forbidden),
        (404, "Not Found", InvalidToken),
        (409, "Conflict: terminated by other getUpdates request", Conflict),
        (413, "Request Entity Too Large", BadRequest),
        (501, "Not Implemented: sendDice", BadRequest),
    ],
)
async def test_telegrams_own_refusal_is_an_answer(code: int, description: str, kind: type[Exception]) -> None:
    """Definite: neither repeated as not sent nor as uncertain; the short way and the library's agree."""
    with pytest.raises(kind) as caught:
        await call_against(refusal(code, description))
    assert not isinstance(caught.value, NotSent | Uncertain)
    assert description.removeprefix("Bad Request: ").casefold() in str(caught.value).casefold()
    async with api(refusal(code, description)) as address, AiohttpRequest() as request:
        with pytest.raises(kind):
            await request.post(f"{address}/bot{TOKEN}/sendMessage")


async def test_flood_control_says_how_long_in_seconds(recwarn: pytest.WarningsRecorder) -> None:
    """retry_after comes from the body, else from the header, else it is a second; reading it warns of nothing."""
    with pytest.raises(FloodControl) as caught:
        await call_against(refusal(429, "Too Many Requests: retry after 17", retry_after=17))
    assert caught.value.retry_after == 17

    async def bare(_: web.Request) -> web.Response:
        return web.Response(status=429, text="slow down", headers={"Retry-After": "5"})

    with pytest.raises(FloodControl) as caught:
        await call_against(bare)
    assert caught.value.retry_after == 5
    assert not [warning for warning in recwarn if "retry_after" in str(warning.message)]


async def test_a_group_that_moved_says_where() -> None:
    """migrate_to_chat_id is an answer of its own, to be followed."""
    with pytest.raises(ChatMigrated) as caught:
        await call_against(refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001234567890))
    assert caught.value.new_chat_id == -1001234567890


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", b""])
@pytest.mark.parametrize("api_url", ["https://api.example", "http://api.example"])
async def test_a_proxy_that_refuses_leaves_the_call_not_sent(answer: bytes, api_url: str) -> None:
    """407 is a clear no. Hanging up is one only while the tunnel is being made: later the request may have gone on."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    async with peer(talk) as proxy:
        async with AiohttpRequest(TOKEN, api_url=api_url, proxy=proxy, timeouts=QUICK) as request:
            expected = NotSent if answer or api_url.startswith("https") else Uncertain
            with pytest.raises(expected):
                await request.call("getMe")


async def test_a_proxy_that_is_not_there_leaves_the_call_not_sent() -> None:
    """Nothing reached Telegram, and the password of the proxy is not in the text."""
    proxy = unused_address().replace("http://", "http://davy:secret@")
    async with AiohttpRequest(TOKEN, api_url="https://api.example", proxy=proxy, timeouts=QUICK) as request:
        with pytest.raises(NotSent) as caught:
            await request.call("getMe")
    assert "secret" not in str(caught.value)


def _everything_said(error: BaseException) -> str:
    """The text of an error and of all that hangs on it, as a careless logger would write it."""
    chain: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop()
        if link is not None and link not in chain:
            chain.append(link)
            waiting += [link.__cause__, link.__context__]
    return " ".join(f"{link!r} {link} {link.args}" for link in chain)


async def test_the_token_is_in_no_error_and_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """Timeout, refusal, a mirror that repeats the address, a bad address: none gives the token away."""
    caplog.set_level(logging.DEBUG)

    async def mirror(request: web.Request) -> web.Response:
        if "slow" in request.path:
            await asyncio.sleep(1)
        return web.Response(status=200 if "portal" in request.path else 502, text=f"no route to {request.url}")

    texts = []
    async with api(mirror) as address:
        for url in (address, unused_address(), "http://telegram.invalid", "http://127.0.0.1:99999"):
            async with AiohttpRequest(TOKEN, api_url=url, timeouts=QUICK) as request:
                assert TOKEN not in repr(request)
                for method in ("getMe", "slow", "portal"):
                    with pytest.raises(NetworkError) as caught:
                        await request.call(method)
                    texts.append(_everything_said(caught.value))
                    with pytest.raises(NetworkError) as caught:
                        await request.post(f"{url}/bot{TOKEN}/{method}")
                    texts.append(_everything_said(caught.value))
    own = [f"{record.name} {record.getMessage()}" for record in caplog.records if record.name != "aiohttp.access"]
    assert TOKEN[-20:] not in " ".join(texts + own)


def test_redaction_knows_both_shapes_of_a_token() -> None:
    """In an address, and alone; what only looks like the path stays."""
    assert (
        redact(f"GET https://h/file/bot{TOKEN}/a.jpg and {TOKEN}.")
        == "GET https://h/file/bot<token>/a.jpg and <token>."
    )
    assert redact("https://davy:secret@proxy:3128") == "https://<credentials>@proxy:3128"
    assert redact("/srv/bot/delivery at 12:30:00") == "/srv/bot/delivery at 12:30:00"
