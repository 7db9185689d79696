"""Signing in at the company's own provider: out to it, and back with what it says. It makes nobody an account."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.db.reading import reading
from bot.delivery.seals import seal
from bot.kit.clock import SystemClock
from bot.kit.seal import BrokenSeal
from bot.people import store as people
from bot.web import actions, oidc
from bot.web.login import Door, leads_to, same
from bot.web.model import Via
from bot.web.shell import notice, reader_of

log = structlog.get_logger("davy.web")
OUT, BACK = "/oidc", "/oidc/back"
COOKIE = "davy_oidc"
HOLDS_S = 600
MOST_CODE = 2048


class Elsewhere:
    """The provider of one house, where there is one."""

    def __init__(self, house: Any, door: Door) -> None:
        self._house, self._door, said = house, door, house.settings
        self._provider: oidc.Provider | None = None
        self._secure = said.address.startswith("https://")
        if said.oidc_issuer:
            secret = said.oidc_client_secret.get_secret_value()
            back = f"{said.address}{BACK}"
            self._provider = oidc.Provider(
                oidc.Client(said.oidc_issuer, said.oidc_client_id, secret, said.oidc_claim, back)
            )

    def routes(self) -> list[Route]:
        """`/oidc` and the way back from there."""
        return [Route(OUT, self.on_out), Route(BACK, self.on_back)]

    async def on_out(self, request: Request) -> Response:
        """Sends the browser to the provider, with what it must bring back in a sealed cookie of its own."""
        reader = reader_of(request, None)
        if self._provider is None:
            return notice(reader, "not_found", 404)
        began = oidc.Began(*(secrets.token_urlsafe(32) for _ in range(3)))
        try:
            answer = RedirectResponse(await self._provider.begin(began), 303)
        except oidc.Refusal as refusal:
            return self._refused(request, refusal)
        said = {
            "began": [began.state, began.nonce, began.verifier],
            "at": self._now(),
            "next": request.query_params.get("next"),
        }
        value = base64.urlsafe_b64encode(seal().close(json.dumps(said))).decode()
        answer.set_cookie(COOKIE, value, HOLDS_S, path=OUT, secure=self._secure, httponly=True, samesite="lax")
        return answer

    async def on_back(self, request: Request) -> Response:
        """Believes the provider, or does not; whoever has its word and a role here is in."""
        reader, said = reader_of(request, None), _opened(request.cookies.get(COOKIE, ""))
        if self._provider is None:
            return notice(reader, "not_found", 404)
        if (
            said is None
            or self._now() - said["at"] > HOLDS_S
            or not same(request.query_params.get("state"), said["began"][0])
        ):
            return self._refused(request, oidc.Refusal("this browser did not ask for it"))
        code = request.query_params.get("code", "")
        if not code or len(code) > MOST_CODE:
            return self._refused(request, oidc.Refusal(f"no code: {request.query_params.get('error', '')}"[:80]))
        try:
            name = await self._provider.who(code, oidc.Began(*said["began"]), self._now())
        except oidc.Refusal as refusal:
            return self._refused(request, refusal)
        person = await asyncio.to_thread(self._person, name)
        to = leads_to(said.get("next"))
        answer = await self._door.let_in(request, Via.OIDC, to, _known, person) if person is not None else None
        answer = answer or notice(reader, "not_known", 403)
        answer.delete_cookie(COOKIE, path=OUT)
        return answer

    def _person(self, name: str) -> int | None:
        by = self._house.settings.oidc_match
        with reading(self._house.engine) as session:
            find = people.person_by_email if by == "email" else people.person_by_badge
            who = find(session, name, self._house.clock.now())
        return who.id if who is not None and who.left_on is None else None

    def _refused(self, request: Request, refusal: oidc.Refusal) -> Response:
        log.warning("a sign-in elsewhere was refused", why=str(refusal))
        answer = notice(reader_of(request, None), "no_oidc", 403)
        answer.delete_cookie(COOKIE, path=OUT)
        return answer

    def _now(self) -> float:
        # the clock on the wall and not the one that people see: this is between machines
        return SystemClock().now().timestamp()


def _known(session: Any, person: int, cookie: str, now: Any, agent: str = "") -> bool:
    return actions.sign_in_known(session, person, cookie, now, Via.OIDC, agent)


def _opened(cookie: str) -> dict[str, Any] | None:
    try:
        found = json.loads(seal().open(base64.urlsafe_b64decode(cookie.encode())))
    except (BrokenSeal, ValueError):
        return None
    return found if isinstance(found, dict) and len(found.get("began", ())) == 3 else None
