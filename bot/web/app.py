"""The web application: the dashboard's pages behind their door, the webhook, health and metrics."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.delivery.receiver import same_secret
from bot.web import address, nul
from bot.web.api.serving import Api
from bot.web.elsewhere import Elsewhere
from bot.web.factor.asking import Challenge
from bot.web.guests import pages as guest_pages
from bot.web.health import Health
from bot.web.hooks import Hooks
from bot.web.login import Door
from bot.web.metrics import Metrics
from bot.web.miniapp import MiniApp
from bot.web.model import HOME
from bot.web.open import OpenPages
from bot.web.outside.open_door import Outside
from bot.web.page import Pages, for_guests
from bot.web.shell import HEADERS, STATIC, SafeHeaders, notice, reader_of
from bot.web.streams import Streams
from bot.web.tablet.door import TabletDoor
from bot.web.tablet.room import Room as TabletRoom

FOREVER = "public, max-age=31536000, immutable"


class KeptFiles(StaticFiles):
    """Static files whose address holds a mark of their content: kept for ever; without the mark, not at all."""

    async def get_response(self, path: str, scope: Any) -> Response:
        answer = await super().get_response(path, scope)
        if b"v=" in scope.get("query_string", b""):
            answer.headers["Cache-Control"] = FOREVER
        return answer


def build(house: Any) -> Starlette:
    """The application of a house (`app.House`)."""
    address.use(house.settings.address, house.settings.bot_api_url)
    door, tablet = Door(house), TabletDoor(house)
    pages = Pages(house, door)
    guest_pages.configure(lambda: for_guests(house.rooms))

    async def webhook(request: Request) -> Response:
        if not same_secret(request.headers.get("X-Telegram-Bot-Api-Secret-Token"), house.webhook_secret):
            return Response(status_code=403)
        try:
            update = await request.json()
        except ValueError:
            return Response(status_code=400)
        answer = await house.receiver.on_webhook(update)
        return JSONResponse(answer) if answer else Response(status_code=200)

    async def home(request: Request) -> Response:
        return RedirectResponse(HOME, 303)

    return Starlette(
        routes=[
            Route("/health", Health(house).answer),
            Route("/metrics", Metrics(house).answer),
            Route("/webhook", webhook, methods=["POST"]),
            Route("/", home),
            *door.routes(),
            *MiniApp(house, door).routes(),
            *Elsewhere(house, door).routes(),
            *Challenge(house, door).routes(),
            *tablet.routes(),
            *TabletRoom(house, tablet).routes(),
            *Outside(house).routes(),
            *OpenPages(house).routes(),
            *Hooks(house, house.key, house.settings.refused_sources).routes(),
            *Api(house).routes(),
            *Streams(house, door, pages.opens).routes(),
            *pages.routes(),
            Mount("/static", KeptFiles(directory=STATIC)),
        ],
        middleware=[
            Middleware(
                SafeHeaders,
                secure=house.settings.address.startswith("https://"),
                framed_by=address.stand_in(house.settings.bot_api_url),
            ),
            Middleware(nul.NoNul),
        ],
        exception_handlers={404: not_found, 405: not_found, 500: broken, nul.HoldsNul: nul.refused},
    )


async def not_found(request: Request, error: Exception) -> Response:
    """A page in words for people, a bare status for programs."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    if "text/html" not in request.headers.get("accept", ""):
        return Response(status_code=status)
    return notice(reader_of(request, None), "not_found", status)


async def broken(request: Request, error: Exception) -> Response:
    """Something failed: said in words, with the headers that the middleware does not put here; the log has the rest."""
    if "text/html" not in request.headers.get("accept", ""):
        return Response(status_code=500, headers=HEADERS)
    answer = notice(reader_of(request, None), "broken", 500)
    answer.headers.update(HEADERS)
    return answer
