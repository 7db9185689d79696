"""Bots made as the documentation of their libraries says."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from bench.terms import SECRET, TOKEN, VERDICT, Running, nothing

# --- python-telegram-bot ---------------------------------------------------------------------------------------------


async def _ptb(given: argparse.Namespace, handler: Any, transport: Any = None) -> Any:
    from telegram.ext import ApplicationBuilder, CallbackQueryHandler

    builder = ApplicationBuilder().token(TOKEN).base_url(f"{given.api}/bot")
    if transport is not None:
        builder = builder.request(transport()).get_updates_request(transport())
    builder = builder.concurrent_updates(True)  # its "Concurrency" page; sets a pool of 256 connections as well
    application = builder.build()
    application.add_handler(CallbackQueryHandler(handler))
    return application


def _pressed(given: argparse.Namespace) -> Any:
    async def on_press(update: Any, _: Any) -> None:
        await update.callback_query.answer()
        if given.shown:
            await update.callback_query.edit_message_text(VERDICT, parse_mode="HTML")

    return on_press


@contextlib.asynccontextmanager
async def ptb(given: argparse.Namespace, handler: Any = None, transport: Any = None) -> AsyncIterator[Any]:
    """python-telegram-bot with its own polling or its own webhook server, as its examples do."""
    application = await _ptb(given, handler or _pressed(given), transport)
    async with application:
        await application.start()
        if given.webhook:
            await application.updater.start_webhook(
                "127.0.0.1", given.webhook, "webhook", webhook_url="https://example.org/webhook", secret_token=SECRET
            )
        else:
            await application.updater.start_polling(drop_pending_updates=False)
        yield Running(nothing)
        await application.updater.stop()
        await application.stop()


@contextlib.asynccontextmanager
async def ptb_aiohttp(given: argparse.Namespace) -> AsyncIterator[Any]:
    """python-telegram-bot on our transport; webhook: Starlette, handled within the request (its custom webhook example)."""
    from bot.delivery.transport import AiohttpRequest

    if not given.webhook:
        async with ptb(given, transport=AiohttpRequest) as running:
            yield running
        return
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from telegram import Update

    from bot import serving

    application = await _ptb(given, _pressed(given), AiohttpRequest)

    async def webhook(request: Request) -> Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
            return Response(status_code=403)
        await application.process_update(Update.de_json(await request.json(), application.bot))
        return Response()

    app = Starlette(routes=[Route("/webhook", webhook, methods=["POST"])])
    async with application:
        await application.start()
        server, task = await serving.serve(app, serving.listen("127.0.0.1", given.webhook))
        yield Running(nothing)
        server.should_exit = True
        await task
        await application.stop()


@contextlib.asynccontextmanager
async def ptb_orm(given: argparse.Namespace) -> AsyncIterator[Any]:
    """python-telegram-bot and SQLAlchemy's asynchronous ORM, a transaction a press, storing what ours stores."""
    from bench import orm

    store = orm.Store(given.database)
    answered = _pressed(given)

    async def on_press(update: Any, context: Any) -> None:
        query = update.callback_query
        await store.answer(update.update_id, query.from_user.id, query.data)
        await answered(update, context)

    async with ptb(given, on_press):
        yield Running(store.finish)
    await store.close()


# --- aiogram ---------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def aiogram(given: argparse.Namespace) -> AsyncIterator[Any]:
    """aiogram: its polling, or its aiohttp webhook with the answer as the reply (which it recommends for speed)."""
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import CallbackQuery
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
    from aiohttp import web

    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(given.api), limit=256))
    dispatcher = Dispatcher()

    @dispatcher.callback_query()
    async def on_press(query: CallbackQuery) -> Any:
        if given.shown and query.message is not None:
            await query.message.edit_text(VERDICT, parse_mode="HTML")  # type: ignore[union-attr]
        if given.webhook:
            return query.answer()
        await query.answer()
        return None

    if given.webhook:
        app = web.Application()
        SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=SECRET).register(app, "/webhook")
        setup_application(app, dispatcher, bot=bot)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", given.webhook).start()
        yield Running(nothing)
        await runner.cleanup()
    else:
        polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
        yield Running(nothing)
        await dispatcher.stop_polling()
        await asyncio.wait([polling], timeout=5)
    await bot.session.close()
