"""The transport against real servers on the loopback: what it sends and what it opens."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InputFile, InputMediaPhoto
from telegram.error import BadRequest, InvalidToken

from bot.delivery.transport import AiohttpRequest, Timeouts, Upload
from bot.delivery.transport_errors import NotSent
from tests.loopback import api, ok, peer, read_request

TOKEN = "123456789:AAE-abcdefghijklmnopqrstuvwxyz_0123"
QUICK = Timeouts(connect=0.5, pool=0.3, read=0.3, write=0.5, write_files=0.5)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


async def test_a_call_is_json_and_gives_the_result() -> None:
    """Values keep their JSON types, None is left out, and the address bears token and method."""
    seen: dict[str, Any] = {}

    async def handler(request: web.Request) -> web.Response:
        seen.update(path=request.path, type=request.content_type, body=await request.json())
        return ok({"message_id": 7})

    async with api(handler) as address, AiohttpRequest(TOKEN, api_url=address + "/") as request:
        keyboard = {"inline_keyboard": [[{"text": "是", "callback_data": "y"}]]}
        result = await request.call("sendMessage", {"chat_id": 5, "reply_markup": keyboard, "caption": None})
    assert result == {"message_id": 7}
    assert seen == {
        "path": f"/bot{TOKEN}/sendMessage",
        "type": "application/json",
        "body": {"chat_id": 5, "reply_markup": keyboard},
    }


async def test_a_call_with_files_is_multipart_with_the_names_as_they_are() -> None:
    """attach:// finds its part; a Chinese file name with a quote in it arrives; other values go as JSON text."""
    seen: dict[str, Any] = {}

    async def handler(request: web.Request) -> web.Response:
        form = await request.post()
        file = form["f0"]
        assert isinstance(file, web.FileField)
        seen.update(media=json.loads(str(form["media"])), name=file.filename, mime=file.content_type)
        seen.update(content=file.file.read(), chat=form["chat_id"])
        return ok([])

    async with api(handler) as address, AiohttpRequest(TOKEN, api_url=address) as request:
        media = [{"type": "photo", "media": "attach://f0"}]
        upload = Upload('梯子"1".png', PNG, "image/png")
        assert await request.call("sendMediaGroup", {"chat_id": 5, "media": media}, {"f0": upload}) == []
    assert seen["media"] == media
    assert seen["content"] == PNG
    assert seen["name"] in {'梯子"1".png', "梯子%221%22.png"}
    assert (seen["mime"], seen["chat"]) == ("image/png", "5")


async def test_python_telegram_bot_sends_albums_and_open_files_through_it() -> None:
    """The library's own objects: an album by attach://, a document from an open handle, a plain call."""
    calls: list[tuple[str, dict[str, Any]]] = []
    message = {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}}
    me = {"id": 1, "is_bot": True, "first_name": "Davy", "username": "davy_bot"}

    async def handler(request: web.Request) -> web.Response:
        method = request.path.rpartition("/")[2]
        if request.content_type == "application/json":
            body = await request.json()
        else:
            form = await request.post()
            body = {k: v.file.read() if isinstance(v, web.FileField) else v for k, v in form.items()}
        calls.append((method, body))
        return ok({"getMe": me, "sendMediaGroup": [message]}.get(method, message))

    async with api(handler) as address:
        requests = AiohttpRequest(), AiohttpRequest()
        bot = Bot(TOKEN, base_url=f"{address}/bot", request=requests[0], get_updates_request=requests[1])
        async with bot:
            await bot.send_media_group(5, [InputMediaPhoto(PNG), InputMediaPhoto(PNG + b"2")])
            await bot.send_document(5, InputFile(io.BytesIO(b"handle"), filename="a.txt", read_file_handle=False))
            assert (await bot.send_message(5, "hello")).message_id == 1
    names = [name for name, _ in calls]
    assert names == ["getMe", "sendMediaGroup", "sendDocument", "sendMessage"]
    album = calls[1][1]
    parts = [item["media"].removeprefix("attach://") for item in json.loads(album["media"])]
    assert [album[part] for part in parts] == [PNG, PNG + b"2"]
    assert calls[2][1]["document"] == b"handle"
    assert calls[3][1] == {"chat_id": 5, "text": "hello"}


async def test_a_cancelled_call_gives_its_place_back() -> None:
    """With one connection, cancelling the call in flight and a waiting one leaves room for the next."""
    slow = True

    async def handler(_: web.Request) -> web.Response:
        if slow:
            await asyncio.sleep(30)
        return ok(True)

    timeouts = Timeouts(connect=1, pool=1, read=5, write=1)
    async with api(handler) as address:
        async with AiohttpRequest(TOKEN, api_url=address, connections=1, timeouts=timeouts) as request:
            tasks = [asyncio.create_task(request.call("sendMessage", {"text": str(n)})) for n in range(2)]
            await asyncio.sleep(0.1)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert [type(result) for result in results] == [asyncio.CancelledError] * 2
            slow = False
            assert await request.call("sendMessage", {"text": "next"}) is True


async def test_requests_go_through_the_proxy_with_its_password() -> None:
    """A forward proxy gets the full address and the credentials."""
    seen: dict[str, str] = {}

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await read_request(reader)).decode()
        seen["line"] = head.split("\r\n")[0]
        seen["login"] = head.partition("Proxy-Authorization: ")[2].split("\r\n")[0]
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{"ok": true, "result": 123}')
        await writer.drain()

    async with peer(talk) as address:
        proxy = address.replace("http://", "http://davy:secret@")
        async with AiohttpRequest(TOKEN, api_url="http://api.example", proxy=proxy, timeouts=QUICK) as request:
            assert await request.call("getMe") == 123
    assert seen == {
        "line": f"POST http://api.example/bot{TOKEN}/getMe HTTP/1.1",
        "login": "Basic ZGF2eTpzZWNyZXQ=",
    }


def test_a_proxy_of_another_kind_is_refused_at_once() -> None:
    """socks:// is not spoken; the message does not repeat the password."""
    with pytest.raises(ValueError, match="http://") as caught:
        AiohttpRequest(TOKEN, proxy="socks5://davy:secret@localhost:1080")
    assert "secret" not in str(caught.value)


async def test_a_file_comes_whole_or_not_at_all() -> None:
    """Downloads are limited; a missing file is not mistaken for a wrong token."""

    async def handler(request: web.Request) -> web.Response:
        if request.path.endswith("missing.jpg"):
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=request.path.encode() + bytes(3000))

    async with api(handler) as address, AiohttpRequest(TOKEN, api_url=address) as request:
        content = await request.download("photos/file 1.jpg")
        assert content.startswith(f"/file/bot{TOKEN}/photos/file 1.jpg".encode())
        with pytest.raises(BadRequest):
            await request.download("photos/file_1.jpg", at_most=2000)
        with pytest.raises(BadRequest) as caught:
            await request.download("missing.jpg")
        assert not isinstance(caught.value, InvalidToken)
        assert await request.retrieve(f"{address}/file/bot{TOKEN}/x") == f"/file/bot{TOKEN}/x".encode() + bytes(3000)


async def test_a_closed_transport_says_so_and_opens_again() -> None:
    """Before initialize and after shutdown a call is not sent."""

    async def handler(_: web.Request) -> web.Response:
        return ok(1)

    async with api(handler) as address:
        request = AiohttpRequest(TOKEN, api_url=address)
        with pytest.raises(NotSent):
            await request.call("getMe")
        await request.initialize()
        assert await request.call("getMe") == 1
        await request.shutdown()
        await request.shutdown()
        with pytest.raises(NotSent):
            await request.call("getMe")
        await request.initialize()
        assert await request.call("getMe") == 1
        await request.shutdown()
