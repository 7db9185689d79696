"""The door: a one-time link from the bot, a button that uses it up, a session in a cookie, and the way out.

Opening the link changes nothing, because chat programs look at links before people do; pressing the button does.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.db.reading import reading
from bot.i18n.say import show
from bot.web import actions, store
from bot.web.model import LINK_HOLDS, SESSION_HOLDS, TOKEN_BYTES
from bot.web.shell import LAYOUT, notice, reader_of, whole

HOME = "/desk"
OURS = re.compile(r"/desk[/\w-]*")
"""Where a link may lead on to: never to another host."""
FORM_COOKIE = "davy_form"
MOST_FORM = 8192


class Door:
    """Signing in and out of one house."""

    def __init__(self, house: Any) -> None:
        self._house = house
        self._secure = house.settings.address.startswith("https://")
        # a browser takes a __Host- cookie only over https, for this host alone and for all paths
        self.cookie = "__Host-davy" if self._secure else "davy_session"

    def routes(self) -> list[Route]:
        """`/login` and `/logout`."""
        return [
            Route("/login", self.on_link, methods=["GET"]),
            Route("/login", self.on_button, methods=["POST"]),
            Route("/logout", self.on_leave, methods=["POST"]),
        ]

    def token(self, request: Request) -> str | None:
        """What the browser keeps."""
        return request.cookies.get(self.cookie)

    async def on_link(self, request: Request) -> Response:
        """Shows the button; or, without a link that works, how to get one."""
        token, reader = request.query_params.get("token", ""), reader_of(request, None)
        minutes = int(LINK_HOLDS.total_seconds() // 60)
        opens, inside = await asyncio.to_thread(self._look, token, self.token(request))
        if inside and not opens:
            return RedirectResponse(_next(request.query_params.get("next")), 303)
        if not opens:
            return notice(reader, "no_link", 200 if not token else 410, minutes=minutes, used=bool(token))
        word = secrets.token_urlsafe(TOKEN_BYTES)
        values = {"token": token, "csrf": word, "next": _next(request.query_params.get("next"))}
        said = show(LAYOUT, "sign_in", reader.lang, **values)
        title = str(show(LAYOUT, "title_of", reader.lang, macro="sign_in"))
        answer = HTMLResponse(whole(reader, title, [said]))
        self._set(answer, FORM_COOKIE, word, int(LINK_HOLDS.total_seconds()), path="/login")
        return answer

    async def on_button(self, request: Request) -> Response:
        """Uses up the link and begins a session."""
        form, reader = await form_of(request), reader_of(request, None)
        if not same(form.get("csrf"), request.cookies.get(FORM_COOKIE)) or cross_site(request):
            return notice(reader, "refused", 403)
        cookie, now = secrets.token_urlsafe(TOKEN_BYTES), self._house.clock.now()
        signed_in = await self._house.writer.in_transaction(actions.sign_in, form.get("token", ""), cookie, now)
        if not signed_in:
            return notice(reader, "no_link", 410, minutes=int(LINK_HOLDS.total_seconds() // 60), used=True)
        answer = RedirectResponse(_next(form.get("next")), 303)
        self._set(answer, self.cookie, cookie, int(SESSION_HOLDS.total_seconds()))
        answer.delete_cookie(FORM_COOKIE, path="/login")
        return answer

    async def on_leave(self, request: Request) -> Response:
        """Ends the session, and lets the browser forget pictures."""
        token = self.token(request)
        form = await form_of(request)
        if token is None or not same(form.get("csrf"), store.csrf(token)) or cross_site(request):
            return notice(reader_of(request, None), "refused", 403)
        await self._house.writer.in_transaction(actions.sign_out, token, self._house.clock.now())
        answer = RedirectResponse("/login", 303, headers={"Clear-Site-Data": '"cache"'})
        answer.delete_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="lax")
        return answer

    def renew(self, answer: Response, token: str) -> None:
        """The cookie lives as long as the session."""
        self._set(answer, self.cookie, token, int(SESSION_HOLDS.total_seconds()))

    def _set(self, answer: Response, name: str, value: str, seconds: int, path: str = "/") -> None:
        answer.set_cookie(name, value, seconds, path=path, secure=self._secure, httponly=True, samesite="lax")

    def _look(self, token: str, cookie: str | None) -> tuple[bool, bool]:
        """Whether a link opens the door, and whether its owner is inside already (they pressed their button again)."""
        now = self._house.clock.now()
        with reading(self._house.engine) as session:
            visitor = store.visitor(session, cookie, now)
            mine = visitor is not None and (not token or store.link_is_of(session, token) == visitor.person.id)
            return bool(token) and store.link_opens(session, token, now), mine


async def form_of(request: Request) -> dict[str, str]:
    """A small form's texts; empty for what is none."""
    if int(request.headers.get("content-length") or MOST_FORM + 1) > MOST_FORM:
        return {}
    async with request.form(max_files=0, max_fields=10) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def same(given: str | None, expected: str | None) -> bool:
    """Whether both are there and equal; how much was right is not told by the time it takes."""
    return bool(given) and bool(expected) and hmac.compare_digest((given or "").encode(), (expected or "").encode())


def cross_site(request: Request) -> bool:
    """Whether the browser says that another site sent this."""
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}


def _next(wished: str | None) -> str:
    return wished if wished and OURS.fullmatch(wished) else HOME
