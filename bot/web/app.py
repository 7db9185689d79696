"""The web application: health, the webhook, and the dashboard's pages."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.delivery.receiver import same_secret


def build(house: Any) -> Starlette:
    """The application of a house (`app.House`)."""

    async def health(request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def webhook(request: Request) -> Response:
        if not same_secret(request.headers.get("X-Telegram-Bot-Api-Secret-Token"), house.webhook_secret):
            return Response(status_code=403)
        answer = await house.receiver.on_webhook(await request.json())
        return JSONResponse(answer) if answer else Response(status_code=200)

    return Starlette(
        routes=[Route("/health", health), Route("/webhook", webhook, methods=["POST"])],
    )
