"""`/factor`: the page that asks for a code, and what comes of it in this session."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.db.reading import reading
from bot.i18n.say import show
from bot.web import actions, store
from bot.web.factor import actions as factors
from bot.web.factor.model import Proof
from bot.web.factor.rules import WITHIN
from bot.web.login import Door, cross_site, form_of, leads_to, same
from bot.web.model import Visitor
from bot.web.shell import LAYOUT, notice, reader_of, whole

PATH = store.PROVE
TEMPLATE = "web/factor/pages.html.j2"


class Challenge:
    """Asks for the second factor: on the way in, and again before what gives much away."""

    def __init__(self, house: Any, door: Door) -> None:
        self._house, self._door = house, door

    def routes(self) -> list[Route]:
        """`/factor`."""
        return [Route(PATH, self.on_ask, methods=["GET"]), Route(PATH, self.on_code, methods=["POST"])]

    async def on_ask(self, request: Request) -> Response:
        """Asks for a code of whoever is signed in and has set one up."""
        visitor = await self._visitor(request)
        to = leads_to(request.query_params.get("next"))
        if visitor is None or not visitor.has_factor:
            return RedirectResponse("/login" if visitor is None else to, 303)
        return self._page(request, visitor, to, None, 200)

    async def on_code(self, request: Request) -> Response:
        """A right code opens what was asked for; a wrong one is counted."""
        visitor, token, form = await self._visitor(request), self._door.token(request), await form_of(request)
        if visitor is None or token is None:
            return RedirectResponse("/login", 303)
        if cross_site(request) or not same(form.get("csrf"), store.csrf(token)) or visitor.guest is not None:
            return notice(reader_of(request, visitor), "refused", 403, visitor)
        now, to = self._house.clock.now(), leads_to(form.get("next"))
        proof = await self._house.writer.in_transaction(_proved, visitor.person.id, form.get("code", ""), token, now)
        if proof is Proof.GOOD:
            return RedirectResponse(to, 303)
        return self._page(request, visitor, to, proof, 429 if proof is Proof.TOO_MANY else 422)

    async def _visitor(self, request: Request) -> Visitor | None:
        def look() -> Visitor | None:
            with reading(self._house.engine) as session:
                return store.anyone(session, self._door.token(request), self._house.clock.now())

        return await asyncio.to_thread(look)

    def _page(self, request: Request, visitor: Visitor, to: str, wrong: Proof | None, status: int) -> Response:
        reader, minutes = reader_of(request, visitor), int(WITHIN.total_seconds() // 60)
        values: dict[str, Any] = {
            "csrf": visitor.csrf,
            "next": to,
            "wrong": wrong.value if wrong else "",
            "minutes": minutes,
        }
        said = show(TEMPLATE, "ask", reader.lang, again=not visitor.waits, **values)
        title = str(show(LAYOUT, "title_of", reader.lang, macro="sign_in"))
        return HTMLResponse(whole(reader, title, [said], visitor=visitor), status)


def _proved(session: Any, person: int, code: str, token: str, now: Any) -> Proof:
    proof = factors.prove(session, person, code, now)
    if proof is Proof.GOOD:
        actions.proved(session, token, now)
    return proof
