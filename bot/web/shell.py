"""What every answer of the dashboard has: the layout around a page, the headers, the reader's language."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.i18n.languages import RIGHT_TO_LEFT, closest
from bot.i18n.say import show
from bot.kit.texts import Html
from bot.web import navigation
from bot.web.model import Via, Visitor

LAYOUT = "web/layout.html.j2"
EVERY_S = 20
STATIC = Path(__file__).parent / "static"
FRAMED_BY = ("'self'", "https://web.telegram.org", "https://*.telegram.org")
"""Who may frame a page: only Telegram's web client."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        f"frame-ancestors {' '.join(FRAMED_BY)}",
    )
)
"""No script and no style stands in a page, and none comes from another host."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What an answer gets that has not said otherwise itself."""


class SafeHeaders:
    """Puts the headers on every answer."""

    def __init__(self, app: ASGIApp, secure: bool = False, framed_by: str = "") -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})
        if framed_by:  # a stand-in for Telegram on this machine
            self._headers |= {"Content-Security-Policy": f"{POLICY} {framed_by}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with if scope["type"] == "http" else send)


@dataclass(frozen=True)
class Reader:
    """For whom a page is said: a visitor's language and zone, or those of a browser where nobody is signed in."""

    lang: str
    zone: str


@dataclass(frozen=True)
class Renewed:
    """How a page renews itself: every so many seconds, and by a stream where it has one. `forms`: somebody may be typing."""

    every: int
    stream: str
    forms: bool

    @classmethod
    def of(cls, request: Request, seen: str, *, forms: bool) -> Renewed:
        """Of a page that is asked for; `seen`: how far it is (`live.seen`)."""
        stream = f"/desk/live?{urlencode({'page': request.url.path, 'since': seen})}" if seen else ""
        return cls(EVERY_S, stream, forms)


def reader_of(request: Request, visitor: Visitor | None) -> Reader:
    """The reader of an answer."""
    if visitor is not None:
        return Reader(closest(visitor.person.lang), visitor.person.zone)
    wished = request.headers.get("accept-language", "").split(",", 1)[0].split(";", 1)[0]
    return Reader(closest(wished.strip()), "UTC")


@cache
def version(name: str) -> str:
    """A static file's address with a mark of its content, so that browsers may keep it for ever."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def whole(
    reader: Reader,
    title: str,
    sections: Sequence[Html],
    *,
    visitor: Visitor | None = None,
    company: Mapping[str, str] | str = "",
    nav: Sequence[Mapping[str, Any]] = (),
    now: datetime | None = None,
    live: Renewed | None = None,
    app: bool = False,
) -> Html:
    """A whole page. `live`: it fetches itself anew. `app`: it stands in Telegram's client, as do all pages of a visitor who came
    in that way. Only pages of visitors have a head with their name."""
    return show(
        LAYOUT,
        "layout",
        reader.lang,
        zone=reader.zone,
        language=reader.lang,
        direction="rtl" if reader.lang in RIGHT_TO_LEFT else "ltr",
        title=title,
        # a page that is made of the cards of several rooms
        heading="" if any("<h1" in section for section in sections) else title,
        sections=sections,
        visitor=visitor,
        company=company,
        nav=nav,
        tabs=navigation.tabs(nav),
        now=now.isoformat() if now else "",
        zone_name=reader.zone,
        live=live,
        app=app or (visitor is not None and visitor.via is Via.APP),
        files={name: version(f"{name}") for name in ("style.css", "feel.js", "refresh.js", "miniapp.js", "lamp.svg")},
    )


def renewed(reader: Reader, sections: Sequence[Html], now: datetime, live: Renewed) -> Html:
    """Of a page that asks for itself anew only what changes: its parts, the time, and where its stream goes on."""
    values = {"sections": sections, "now": now.isoformat(), "live": live}
    return show(LAYOUT, "renewed", reader.lang, zone=reader.zone, **values)


def notice(
    reader: Reader, macro: str, status: int, visitor: Visitor | None = None, app: bool = False, **values: Any
) -> HTMLResponse:
    """A page that only says something: refused, not found, link over."""
    said = show(LAYOUT, macro, reader.lang, zone=reader.zone, **values)
    title = str(show(LAYOUT, "title_of", reader.lang, macro=macro))
    return HTMLResponse(whole(reader, title, [said], visitor=visitor, app=app), status)
