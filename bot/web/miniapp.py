"""The dashboard as a Mini App: a page that reads what Telegram's client wrote behind the `#`, and a door that checks it."""

from __future__ import annotations

import time
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.i18n.say import show
from bot.web import actions, launch
from bot.web.login import Door, cross_site, form_of, leads_to
from bot.web.model import Via
from bot.web.open import Turnstile
from bot.web.shell import LAYOUT, notice, reader_of, whole

log = structlog.get_logger("davy.web")
PATH = "/app"
EACH = 60
"""So many launches a minute from one address: a whole shift may stand behind one."""


class MiniApp:
    """The Mini App of one house."""

    def __init__(self, house: Any, door: Door) -> None:
        self._house, self._door = house, door
        self._keys = launch.Keys(house.settings.bot_token.get_secret_value(), house.settings.miniapp_key or None)
        self._turnstile = Turnstile(each=EACH)

    def routes(self) -> list[Route]:
        """`/app`."""
        return [Route(PATH, self.on_open, methods=["GET"]), Route(PATH, self.on_launch, methods=["POST"])]

    async def on_open(self, request: Request) -> Response:
        """A page whose script sends what stands behind the `#`: it never reaches a server by itself, and no log."""
        reader = reader_of(request, None)
        said = show(LAYOUT, "launch", reader.lang, next=leads_to(request.query_params.get("next")))
        title = str(show(LAYOUT, "title_of", reader.lang, macro="sign_in"))
        return HTMLResponse(whole(reader, title, [said], app=True))

    async def on_launch(self, request: Request) -> Response:
        """Begins a session, once for each launch, for people with an account and a role that opens a page."""
        reader = reader_of(request, None)
        if not self._turnstile.lets(request.client.host if request.client else "", time.monotonic()):
            return notice(reader, "too_many", 429, app=True)
        form = await form_of(request)
        if cross_site(request):
            return notice(reader, "refused", 403, app=True)
        try:
            found = launch.proven(form.get("init", ""), self._keys, self._house.clock.now())
        except launch.NotProven as refusal:
            log.warning("a launch of the Mini App was refused", why=refusal.why)
            return notice(reader, "no_launch", 403, app=True, old=refusal.why == "old")
        proof = (found.used, found.until, found.user)
        to = leads_to(form.get("next"))
        answer = await self._door.let_in(request, Via.APP, to, actions.sign_in_from_app, *proof)
        return answer or notice(reader, "no_launch", 403, app=True, old=False)
