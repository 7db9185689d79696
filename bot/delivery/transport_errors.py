"""What a failed request to the Bot API means: not sent, uncertain, or an answer; and texts without the bot's token.

The sender may repeat a call that was *not sent* as often as it likes; after an *uncertain* one it must expect that
the message is already on the phone. So every failure is one of three:

- `NotSent`: no connection, so nothing reached Telegram (name not found, refused, TLS, proxy, no free connection).
- `Uncertain` (`UncertainTimeout` after a timeout): the request was on its way (read timeout, reset, 5xx, an answer
  that is not the Bot API's own).
- an answer: `FloodControl`, `Forbidden`, `BadRequest`, `ChatMigrated`, `Conflict`, `InvalidToken`, as
  python-telegram-bot has them.
"""

from __future__ import annotations

import json
import re
from typing import Any

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

__all__ = [
    "BadRequest",
    "ChatMigrated",
    "Conflict",
    "FloodControl",
    "Forbidden",
    "InvalidToken",
    "NetworkError",
    "NotSent",
    "TelegramError",
    "Uncertain",
    "UncertainTimeout",
    "redact",
]
"""The library's errors, too: who stands above delivery/ takes them from here and does not import `telegram`."""

_TOKEN_IN_PATH = re.compile(r"/bot[^/\s'\"?]+")
_BARE_TOKEN = re.compile(r"\b\d{5,}:[A-Za-z0-9_-]{20,}")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+(?=@)")


class NotSent(NetworkError):
    """The request never reached the Bot API: it had no effect and may be repeated freely."""

    __slots__ = ()


class Uncertain(NetworkError):
    """The request was on its way and no answer can be trusted: it may or may not have had its effect."""

    __slots__ = ()


class UncertainTimeout(Uncertain, TimedOut):
    """No answer in time; otherwise as `Uncertain`."""

    __slots__ = ()


class FloodControl(RetryAfter):
    """429: everybody waits for `retry_after` seconds. (Reading the library's own warns that its type will change.)"""

    __slots__ = ()

    @property
    def retry_after(self) -> float:  # type: ignore[override]
        return self._retry_after.total_seconds()


def redact(text: str) -> str:
    """`text` without bot tokens and without a proxy's password."""
    text = _TOKEN_IN_PATH.sub("/bot<token>", text)
    return _CREDENTIALS.sub("<credentials>", _BARE_TOKEN.sub("<token>", text))


class NotConnected(aiohttp.ClientError):
    """There was no connection to send on; raised inside aiohttp by our connector."""


def failure_of(error: Exception) -> TelegramError:
    """The error for a request that got no answer."""
    if isinstance(error, NotConnected):
        return NotSent(str(error).removesuffix(": "))
    words = f"{type(error).__name__}: {redact(str(error))}".removesuffix(": ")
    if isinstance(error, aiohttp.InvalidURL):
        return NotSent(words)
    return UncertainTimeout(words) if isinstance(error, TimeoutError) else Uncertain(words)


def refusal_of(
    status: int, payload: bytes, retry_after_header: str | None, not_found: type[TelegramError]
) -> TelegramError:
    """The error for a status outside 2xx. Only the Bot API's own answer is definite: a proxy's 403 is about no person.

    `not_found`: a method that is not found means a wrong token; a file that is not found does not.
    """
    answer = as_answer(payload) or {}
    parameters = answer.get("parameters") or {}
    if status == 429:
        header = int(retry_after_header) if retry_after_header and retry_after_header.isdigit() else 1
        return FloodControl(parameters.get("retry_after") or header)
    if status == 407:
        return NotSent("the proxy wants a user and a password")
    if answer.get("ok") is not False or (status >= 500 and status != 501):
        beginning = payload[:120].decode("utf-8", "replace")
        return Uncertain(f"HTTP {status}: {redact(str(answer.get('description') or beginning))}")
    words = redact(str(answer.get("description") or f"HTTP {status}"))
    if parameters.get("migrate_to_chat_id"):
        return ChatMigrated(int(parameters["migrate_to_chat_id"]))
    kinds: dict[int, type[TelegramError]] = {401: InvalidToken, 403: Forbidden, 404: not_found, 409: Conflict}
    return kinds.get(status, BadRequest)(words)


def as_answer(payload: bytes) -> dict[str, Any] | None:
    """The JSON object in a body, or None: also a proxy or a captive portal answers with something."""
    try:
        answer = json.loads(payload)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
