"""Requests to the Bot API on aiohttp, with errors that say whether the request can have had an effect.

The bot's token is part of every address; `redact` takes it out of every text made here, and errors are raised without
the original exception, whose text or context may still bear it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from secrets import token_hex
from typing import Any, NamedTuple

import aiohttp
from telegram._utils.defaultvalue import DefaultValue  # marks "not given"; there is no public name for it
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.delivery.transport_errors import NotConnected, NotSent, Uncertain, as_answer, failure_of, redact, refusal_of

MEGABYTE = 1024 * 1024
_encode = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for every call
DOWNLOAD_LIMIT = 20 * MEGABYTE
"""Telegram lets a bot download files up to this size."""


class Upload(NamedTuple):
    """A file to send; a parameter refers to it as `attach://` and its key in `files`."""

    filename: str
    content: bytes
    mimetype: str = "application/octet-stream"


@dataclass(frozen=True)
class Timeouts:
    """Seconds, None for no limit. `write` is for requests without files, `write_files` for those with."""

    connect: float | None = 5.0
    pool: float | None = 5.0
    read: float | None = 10.0
    write: float | None = 5.0
    write_files: float | None = 60.0


class _Connector(aiohttp.TCPConnector):
    """Marks what fails before there is a connection (pool, DNS, TCP, TLS, proxy), whatever its type: it was not sent.

    A trace would tell as well, at 20 microseconds more a request.
    """

    async def connect(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super().connect(*args, **kwargs)
        except (aiohttp.ClientError, OSError) as error:
            words = f"{type(error).__name__}: {redact(str(error))}"
        raise NotConnected(words)


class AiohttpRequest(BaseRequest):
    """The transport of python-telegram-bot, and a shorter way past its objects for the sender: `call`.

    One session and one pool of `connections`; open it with `initialize()` (or `async with`), close it with
    `shutdown()`. `token` and `api_url` are needed by `call` and `download` only. `proxy` is `http://` or `https://`,
    with `user:password@` if it wants one.
    """

    def __init__(
        self,
        token: str | None = None,
        *,
        api_url: str = "https://api.telegram.org",
        connections: int = 320,
        proxy: str | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        if proxy is not None and not proxy.startswith(("http://", "https://")):
            raise ValueError(f"the proxy must start with http:// or https://, not {redact(proxy)!r}")
        self._token = token
        self._api_url = api_url.rstrip("/")
        self._connections = connections
        self._proxy = proxy
        self._timeouts = timeouts or Timeouts()
        self._session: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}

    def __repr__(self) -> str:
        return f"AiohttpRequest({self._api_url}, connections={self._connections})"

    @property
    def read_timeout(self) -> float | None:
        """Seconds that an answer may take unless a call says otherwise."""
        return self._timeouts.read

    async def initialize(self) -> None:
        """Open the pool; needs a running loop. A second call does nothing."""
        if self._session is None or self._session.closed:
            connector = _Connector(limit=self._connections, ttl_dns_cache=60)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close every connection. A call in flight ends as `NotSent` or `Uncertain`."""
        if self._session is not None:
            await self._session.close()

    async def call(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        files: Mapping[str, Upload] | None = None,
        *,
        read_timeout: float | None = None,
    ) -> Any:
        """Call a Bot API method and return its `result` as plain JSON (a dict, list, bool, int or str).

        `params` are JSON values; None is left out. With `files` the call is multipart. `read_timeout` replaces the
        usual one, for getUpdates. Raises the three kinds of error of this module. A cancelled call counts as uncertain.
        """
        given = {name: value for name, value in (params or {}).items() if value is not None}
        body, content_type = _multipart(_as_texts(given), files) if files else _json_body(given)
        times = self._timeouts
        write = times.write_files if files else times.write
        limits = _post_limits(times.connect, times.pool, read_timeout or times.read, write)
        payload = await self._exchange("POST", self._method_url(method), body, content_type, limits)
        return self.parse_json_payload(payload)["result"]

    async def download(self, file_path: str, at_most: int = DOWNLOAD_LIMIT) -> bytes:
        """The content of a file whose `file_path` getFile gave. Raises BadRequest when it has more than `at_most`
        bytes.
        """
        url = _address(f"{self._api_url}/file/bot{self._token}/{file_path.lstrip('/')}")
        times = self._timeouts
        return await self._exchange("GET", url, None, None, _get_limits(times.connect, times.pool, times.read), at_most)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """What python-telegram-bot calls. Only a 2xx is returned; everything else is raised as this module's errors."""
        times = self._timeouts
        body: bytes | None = None
        content_type = None
        write = None
        if method == "POST":
            parts = request_data.multipart_data if request_data and request_data.contains_files else {}
            if parts:
                files = {name: Upload(part[0], _content(part[1]), part[2]) for name, part in parts.items()}
                body, content_type = _multipart(request_data.json_parameters if request_data else {}, files)
            else:
                body, content_type = _json_body(request_data.parameters if request_data else {})
            write = _given(write_timeout, times.write_files if parts else times.write)
        connect, pool = _given(connect_timeout, times.connect), _given(pool_timeout, times.pool)
        read = _given(read_timeout, times.read)
        limits = _post_limits(connect, pool, read, write) if method == "POST" else _get_limits(connect, pool, read)
        return 200, await self._exchange(method, _address(url), body, content_type, limits)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The Bot API's answer to a call that went well. Raises Uncertain for anything else (it was a 2xx: who
        knows).
        """
        answer = as_answer(payload)
        if answer is None or answer.get("ok") is not True or "result" not in answer:
            raise Uncertain(f"the answer is not the Bot API's: {redact(payload[:200].decode('utf-8', 'replace'))!r}")
        return answer

    def _method_url(self, method: str) -> URL:
        url = self._urls.get(method)
        if url is None:
            url = self._urls[method] = _address(f"{self._api_url}/bot{self._token}/{method}")
        return url

    async def _exchange(
        self,
        method: str,
        url: URL,
        body: bytes | None,
        content_type: str | None,
        limits: aiohttp.ClientTimeout,
        at_most: int | None = None,
    ) -> bytes:
        """Send one request and read the whole answer; return the body of a 2xx, raise everything else."""
        if self._session is None or self._session.closed:
            raise NotSent("the transport is not open")
        failure: TelegramError
        try:
            async with self._session.request(
                method,
                url,
                data=body,
                headers={"Content-Type": content_type} if content_type else None,
                timeout=limits,
                proxy=self._proxy,
                allow_redirects=False,
            ) as response:
                status = response.status
                payload = await (response.read() if at_most is None else _read_at_most(response, at_most))
                wait = response.headers.get("Retry-After")
        except TelegramError:
            raise
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, RuntimeError) as error:
            failure = failure_of(error)
        else:
            if 200 <= status <= 299:
                return payload
            failure = refusal_of(status, payload, wait, InvalidToken if method == "POST" else BadRequest)
        raise failure  # outside of `except`: the original, which may bear the token, is not even its context


def _address(text: str) -> URL:
    try:
        return URL(text)
    except ValueError as error:
        words = redact(str(error))
    raise NotSent(f"the address of the Bot API is wrong: {words}")


@cache
def _post_limits(
    connect: float | None, pool: float | None, read: float | None, write: float | None
) -> aiohttp.ClientTimeout:
    """A post ends as a whole: aiohttp has no timeout for writing, so the total covers a peer that does not read."""
    parts = (connect, pool, read, write)
    total = None if None in parts else sum(part for part in parts if part is not None)
    return aiohttp.ClientTimeout(total=total, connect=_sum(connect, pool), sock_connect=connect, sock_read=read)


def _get_limits(connect: float | None, pool: float | None, read: float | None) -> aiohttp.ClientTimeout:
    """A download may take long; it only has to keep moving."""
    return aiohttp.ClientTimeout(total=None, connect=_sum(connect, pool), sock_connect=connect, sock_read=read)


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _given(value: Any, otherwise: float | None) -> float | None:
    return otherwise if isinstance(value, DefaultValue) else value


def _json_body(params: Mapping[str, Any]) -> tuple[bytes, str]:
    return _encode(params).encode(), "application/json"


def _as_texts(params: Mapping[str, Any]) -> dict[str, str]:
    """Form fields: everything that is not a text goes as JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in params.items()
    }


def _multipart(fields: Mapping[str, str], files: Mapping[str, Upload]) -> tuple[bytes, str]:
    """A multipart/form-data body in one piece (50 MB at most by Telegram's limit), and its content type."""
    boundary = f"davy{token_hex(16)}"
    pieces: list[bytes] = []
    for name, value in fields.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'
        pieces += [head.encode(), value.encode(), b"\r\n"]
    for name, file in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"; '
        head += f'filename="{_quoted(file.filename)}"\r\nContent-Type: {file.mimetype}\r\n\r\n'
        pieces += [head.encode(), file.content, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return b"".join(pieces), f"multipart/form-data; boundary={boundary}"


def _quoted(name: str) -> str:
    """As browsers write a name: UTF-8, with what would end the header escaped."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _content(source: Any) -> bytes:
    """The bytes of an upload that python-telegram-bot hands over: bytes, or an open file."""
    content = source if isinstance(source, bytes) else source.read()
    return content.encode() if isinstance(content, str) else content


async def _read_at_most(response: aiohttp.ClientResponse, at_most: int) -> bytes:
    chunks, size = [], 0
    async for chunk in response.content.iter_chunked(64 * 1024):
        size += len(chunk)
        if size > at_most:
            raise BadRequest(f"the file is larger than {at_most // MEGABYTE} MB")
        chunks.append(chunk)
    return b"".join(chunks)
