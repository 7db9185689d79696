"""The door: a one-time link from the bot, a button that uses it up, a session in a cookie, and the way out.

Opening the link changes nothing, because chat programs look at links before people do; pressing the button does. A guest's
link is of the same kind, and may be used again until its end.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.db.reading import reading
from bot.i18n.say import show
from bot.web import actions, nul, store
from bot.web.guests import store as guests
from bot.web.guests.actions import note_look
from bot.web.guests.model import LetIn, State
from bot.web.model import HOLDS, HOME, LINK_HOLDS, TOKEN_BYTES, Via
from bot.web.rules import agent_of
from bot.web.shell import LAYOUT, notice, reader_of, whole

OURS = re.compile(rf"{HOME}[/\w-]*")
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
        """`/login`, `/logout`, and the way in for guests."""
        return [
            Route("/login", self.on_link, methods=["GET"]),
            Route("/login", self.on_button, methods=["POST"]),
            Route("/logout", self.on_leave, methods=["POST"]),
            Route("/visitor/{secret}", self.on_guest, methods=["GET"]),
            Route("/visitor/{secret}", self.on_guest_button, methods=["POST"]),
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
            return RedirectResponse(leads_to(request.query_params.get("next")), 303)
        if not opens:
            oidc = self._house.settings.oidc_issuer
            return notice(reader, "no_link", 200 if not token else 410, minutes=minutes, used=bool(token), oidc=oidc)
        values = {"token": token, "next": leads_to(request.query_params.get("next"))}
        return self._button(request, "sign_in", "/login", values)

    async def on_button(self, request: Request) -> Response:
        """Uses up the link and begins a session."""
        form, reader = await form_of(request), reader_of(request, None)
        if not same(form.get("csrf"), request.cookies.get(FORM_COOKIE)) or cross_site(request):
            return notice(reader, "refused", 403)
        to = leads_to(form.get("next"))
        answer = await self.let_in(request, Via.LINK, to, actions.sign_in, form.get("token", ""))
        if answer is None:
            return notice(reader, "no_link", 410, minutes=int(LINK_HOLDS.total_seconds() // 60), used=True)
        answer.delete_cookie(FORM_COOKIE, path="/login")
        return answer

    async def on_guest(self, request: Request) -> Response:
        """The same for a guest; their link works until its end."""
        found = await asyncio.to_thread(self._guest, request.path_params["secret"])
        if found is None or found.state(self._house.clock.now()) is not State.OPEN:
            return notice(reader_of(request, None), "no_guest", 410 if found else 404, known=found is not None)
        values = {"name": found.name, "ends_at": found.ends_at.isoformat()}
        return self._button(request, "sign_in_guest", f"/visitor/{request.path_params['secret']}", values)

    async def on_guest_button(self, request: Request) -> Response:
        """Begins a guest's session; on record like every look of theirs."""
        form, reader = await form_of(request), reader_of(request, None)
        if not same(form.get("csrf"), request.cookies.get(FORM_COOKIE)) or cross_site(request):
            return notice(reader, "refused", 403)
        found = await asyncio.to_thread(self._guest, request.path_params["secret"])
        if found is None:
            return notice(reader, "no_guest", 404, known=False)
        await self._house.writer.in_transaction(note_look, found.id, "/visitor", self._house.clock.now())
        answer = await self.let_in(request, Via.GUEST, found.pages[0], actions.sign_in_guest, found.id)
        return answer or notice(reader, "no_guest", 410, known=True)

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

    async def let_in(self, request: Request, via: Via, to: str, begin: Any, *proof: Any) -> Response | None:
        """Begins a session by an action and leads on; None where the action says no. The session before it in this browser ends."""
        cookie, now = secrets.token_urlsafe(TOKEN_BYTES), self._house.clock.now()
        agent = agent_of(request.headers.get("user-agent", ""))
        if not await self._house.writer.in_transaction(begin, *proof, cookie, now, agent=agent):
            return None
        if before := self.token(request):
            await self._house.writer.in_transaction(actions.sign_out, before, now)
        answer = RedirectResponse(to, 303)
        self.renew(answer, cookie, via)
        return answer

    def renew(self, answer: Response, token: str, via: Via = Via.LINK) -> None:
        """The cookie lives as long as the session."""
        self._set(answer, self.cookie, token, int(HOLDS[via][0].total_seconds()), framed=via is Via.APP)

    def _set(
        self, answer: Response, name: str, value: str, seconds: int, path: str = "/", framed: bool = False
    ) -> None:
        """`framed`: also where Telegram's web client shows us in a frame, and then in that frame alone (partitioned)."""
        elsewhere = framed and self._secure
        answer.set_cookie(
            name, value, seconds, path=path, secure=self._secure, httponly=True, samesite="none" if elsewhere else "lax"
        )
        if elsewhere:  # the standard library writes it from Python 3.14 on
            header, said = answer.raw_headers.pop()
            answer.raw_headers.append((header, said + b"; Partitioned"))

    def _button(self, request: Request, macro: str, action: str, values: dict[str, str]) -> Response:
        """A page with the one button that signs in, and the cookie that its form must match."""
        reader, word = reader_of(request, None), secrets.token_urlsafe(TOKEN_BYTES)
        said = show(LAYOUT, macro, reader.lang, zone=reader.zone, csrf=word, **values)
        title = str(show(LAYOUT, "title_of", reader.lang, macro="sign_in"))
        answer = HTMLResponse(whole(reader, title, [said]))
        self._set(answer, FORM_COOKIE, word, int(LINK_HOLDS.total_seconds()), path=action)
        return answer

    def _guest(self, secret: str) -> LetIn | None:
        if not re.fullmatch(r"[0-9a-f]{32}", secret):
            return None
        with reading(self._house.engine) as session:
            return guests.by_secret(session, secret)

    def _look(self, token: str, cookie: str | None) -> tuple[bool, bool]:
        """Whether a link opens the door, and whether its owner is inside already (they pressed their button again)."""
        now = self._house.clock.now()
        with reading(self._house.engine) as session:
            visitor = store.anyone(session, cookie, now)
            mine = visitor is not None and (not token or store.link_is_of(session, token) == visitor.person.id)
            return bool(token) and store.link_opens(session, token, now), mine


async def form_of(request: Request) -> dict[str, str]:
    """A small form's texts; empty for what is none."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_FORM:
        return {}
    async with nul.form(request, max_files=0, max_fields=10) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def same(given: str | None, expected: str | None) -> bool:
    """Whether both are there and equal; how much was right is not told by the time it takes."""
    return bool(given) and bool(expected) and hmac.compare_digest((given or "").encode(), (expected or "").encode())


def cross_site(request: Request) -> bool:
    """Whether the browser says that another site sent this."""
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}


def leads_to(wished: str | None) -> str:
    """Where to go on: to a page of ours, else to the first."""
    return wished if wished and OURS.fullmatch(wished) else HOME


def with_next(path: str, to: str) -> str:
    """An address that leads on to another one of ours afterwards."""
    return path if to == HOME else f"{path}?next={quote(to)}"
