"""Calling addresses outside: no redirect is followed, and where others choose the address it must not lie inside.

A guarded call looks the name up once, refuses every address that is not of the public internet, and connects to the very one it
looked at: a name that answers otherwise the second time leads nowhere.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

LIMIT_S = 10.0
MOST_READ = 1024
"""Of an answer no more is read: what it says is nobody's business but the log's of the other side."""


class NotAllowed(OSError):
    """The address is none that may be called; the text says why."""


@dataclass(frozen=True)
class Answer:
    """What the other side said: a status, and when to come again where it says so (seconds)."""

    status: int
    retry_after: int | None = None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like another that is not 2xx: what is signed for one address is not sent to the next."""

    def redirect_request(self, *args: Any, **more: Any) -> None:
        return None


@cache
def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirects())


def post(url: str, body: bytes, headers: Mapping[str, str], limit: float = LIMIT_S) -> None:
    """Posts to an address that the operator has set for all, through the proxy of the environment. Raises OSError."""
    request = urllib.request.Request(url, body, dict(headers), method="POST")
    with _opener().open(request, timeout=limit) as answer:
        answer.read(MOST_READ)


def post_guarded(
    url: str, body: bytes, headers: Mapping[str, str], *, inside: bool = False, limit: float = LIMIT_S
) -> Answer:
    """Posts to an address of another program's. `inside`: it may lie in the own network.

    Answers whatever status came. Raises NotAllowed, OSError, http.client.HTTPException.
    """
    at = looked_at(url)
    assert at.hostname is not None
    port = at.port or (443 if at.scheme == "https" else 80)
    to = _chosen(at.hostname, port, inside)
    connection = _Pinned(at.hostname, port, to, limit, tls=at.scheme == "https")
    try:
        target = f"{at.path or '/'}{f'?{at.query}' if at.query else ''}"
        connection.request("POST", target, body, {"Connection": "close", **headers})
        answer = connection.getresponse()
        answer.read(MOST_READ)
        wait = answer.headers.get("Retry-After", "")
        return Answer(answer.status, int(wait) if wait.isdigit() and len(wait) < 7 else None)
    finally:
        connection.close()


def looked_at(url: str) -> SplitResult:
    """An address in its parts. Raises NotAllowed where it is none of ours to call."""
    try:
        at = urlsplit(url)
        port = at.port
    except ValueError as error:
        raise NotAllowed(f"is no address: {error}") from None
    if at.scheme not in ("http", "https") or not at.hostname or port == 0:
        raise NotAllowed("write it like https://example.org/hook")
    if at.username is not None or at.fragment or any(ord(letter) < 33 or ord(letter) == 127 for letter in url):
        raise NotAllowed("an address has no name, no password, no blank and no #")
    return at


def _chosen(host: str, port: int, inside: bool) -> tuple[Any, ...]:
    """Where to connect: the first address of a name, all of which may be called. Raises NotAllowed, OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for _, _, _, _, address in found:
        if not inside and not is_public(str(address[0])):
            raise NotAllowed(f"{host} lies inside ({address[0]}); DAVY_WEBHOOK_INSIDE allows it")
    return found[0]


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, also where it is written as one of the other kind."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = [found]
    if isinstance(found, ipaddress.IPv6Address):
        inner += [each for each in (found.ipv4_mapped, found.sixtofour) if each is not None]
        if found in ipaddress.ip_network("64:ff9b::/96"):
            inner.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
    return all(each.is_global and not each.is_multicast for each in inner)


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that its certificate must have."""

    def __init__(self, host: str, port: int, to: tuple[Any, ...], limit: float, *, tls: bool) -> None:
        super().__init__(host, port, timeout=limit)
        self._to, self._tls = to, tls
        self.default_port = 443 if tls else 80

    def connect(self) -> None:
        """To that address and no other."""
        family, kind, protocol, _, address = self._to
        raw = socket.socket(family, kind, protocol)
        raw.settimeout(self.timeout)
        try:
            raw.connect(address)
            self.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=self.host) if self._tls else raw
        except BaseException:
            raw.close()
            raise
