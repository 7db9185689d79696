"""One contender in a process of its own: ours, or a bot made as the documentation of its library says.

`python -m bench.contender NAME --api URL [--database URL] [--webhook PORT] [--shown]`. It says `ready` when it takes
updates; at the first line on its input it ends its work and says in JSON what became of it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from bench import company

TOKEN = "4848:bench-token-bench-token-bench-token"
SECRET = "bench-secret"
VERDICT = "<b>That is right.</b>\n\nA glove near a turning shaft pulls the hand in. Stop the machine first."
"""What a peer puts into the pressed message; ours makes its own from the question."""


@dataclass
class Running:
    """A contender that takes updates. `go` is begun at the word, `finish` ends the work and tells what became of it."""

    finish: Callable[[], Awaitable[dict[str, Any]]]
    go: Callable[[], Coroutine[Any, Any, None]] | None = None


# --- ours ------------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def davy(given: argparse.Namespace) -> AsyncIterator[Any]:
    """`davy run`, with all its rooms, as `bot.app` and `bot.serving` put it together."""
    from sqlalchemy import text

    from bot import logs, serving
    from bot.app import House
    from bot.learning.ticks import settle_answers
    from bot.settings import Settings
    from bot.web import app as web

    logs.configure("ERROR")
    folder = Path(tempfile.mkdtemp(prefix="davy-bench-"))
    settings = Settings(
        _env_file=None, bot_token=TOKEN, bot_api_url=given.api, database_url=given.database, data_dir=folder,
        secret_key="a bench's secret that is long enough", webhook_secret=SECRET,
        updates="webhook" if given.webhook else "polling", webhook_url="http://127.0.0.1",
        rate_per_second=given.rate, rate_per_chat=30 if given.shown else 1,
    )  # type: ignore[call-arg]  # fmt: skip
    house = House(settings)
    server, serving_task = await serving.serve(web.build(house), serving.listen("127.0.0.1", given.webhook))
    await house.start()

    committed: list[float] = []

    async def finish() -> dict[str, Any]:
        """Memory takes in what was answered, by the room's own tick, as half a minute later."""
        begun = time.perf_counter()
        while await house.writer.in_transaction(settle_answers, house.clock.now() + timedelta(minutes=1)):
            pass
        took = time.perf_counter() - begun
        with house.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                assert connection.scalar(text("PRAGMA synchronous")) == 2
            else:
                assert connection.scalar(text("SHOW synchronous_commit")) == "on"
                assert connection.scalar(text("SHOW fsync")) == "on"
            count = {
                "answers": "SELECT count(*) FROM answer WHERE state = 'settled'",
                "memories": "SELECT count(*) FROM memory WHERE reps > 1 OR lapses > 0 OR reviewed_at >= :since",
                "facts": "SELECT count(*) FROM fact WHERE kind = 'QuestionAnswered'",
                "queued": "SELECT count(*) FROM outbox WHERE method = 'edit'",
                "parked": "SELECT count(*) FROM parked",
            }
            since = {"since": (house.clock.now() - timedelta(hours=1)).replace(tzinfo=None)}
            rows = {
                name: connection.scalar(text(query), since if ":since" in query else {})
                for name, query in count.items()
            }
        rss = psutil.Process().memory_info().rss
        return {"settling_s": took, "groups": house.writer.groups, "rss": rss, "committed": committed, **rows}

    yield Running(finish, lambda: report(house, given.hazards, given.over, committed))
    await house.stop()
    server.should_exit = True
    await serving_task


async def report(house: Any, count: int, over: float, committed: list[float]) -> None:
    """`count` dangers, each in a team of its own, in `over` seconds; notes when each was committed, in the writer's thread."""
    from bot.hazards.actions import report_hazard
    from bot.hazards.model import Report, Urgency
    from bot.people import store as people

    units = await house.writer.in_transaction(lambda session: [people.unit(session, n) for n in company.teams(session)])
    rng = random.Random(7)
    committed[:] = [0.0] * count
    begun = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, begun + (number + rng.random() * 0.5) * over / count - time.perf_counter()))
        unit = units[number]
        words = Report(f"{number:032x}", unit.id, unit.path, urgency=Urgency.NOW, words=f"Danger number {number}")
        reporter = number * company.TEAM + company.TEAM // 2
        done = house.writer.submit(report_hazard, words, reporter, house.clock.now())
        done.add_done_callback(partial(_note, committed, number))


def _note(committed: list[float], number: int, done: Any) -> None:
    done.result()
    committed[number] = time.perf_counter()


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
        yield Running(_nothing)
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
        yield Running(_nothing)
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
        yield Running(_nothing)
        await runner.cleanup()
    else:
        polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
        yield Running(_nothing)
        await dispatcher.stop_polling()
        await asyncio.wait([polling], timeout=5)
    await bot.session.close()


# --- the ceiling -----------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def bare(given: argparse.Namespace) -> AsyncIterator[Any]:
    """Nothing but sockets and JSON: what the stand-in and this machine can do at all."""
    from bench import floor

    running = asyncio.create_task(floor.serve(given.webhook) if given.webhook else floor.poll(given.api))
    await asyncio.sleep(0.1)
    yield Running(_nothing)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def _nothing() -> dict[str, Any]:
    return {}


CONTENDERS = {
    "bare": bare, "davy": davy, "ptb": ptb, "ptb-aiohttp": ptb_aiohttp, "ptb-orm": ptb_orm, "aiogram": aiogram,
}  # fmt: skip


async def main(given: argparse.Namespace) -> None:
    """Runs until told to finish."""
    async with CONTENDERS[given.name](given) as running:
        print("ready", flush=True)
        begun = None
        while (await asyncio.to_thread(sys.stdin.readline)).strip() == "go":
            begun = asyncio.create_task(running.go())
        if begun is not None:
            await begun
        print(json.dumps(await running.finish()), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        os._exit(0)  # what it takes to close down is not measured here


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=CONTENDERS)
    parser.add_argument("--api", required=True)
    parser.add_argument("--database", default="")
    parser.add_argument("--webhook", type=int, default=0)
    parser.add_argument("--shown", action="store_true")
    parser.add_argument("--rate", type=float, default=30)
    parser.add_argument("--hazards", type=int, default=0, help="dangers that are reported at the word")
    parser.add_argument("--over", type=float, default=10, help="in so many seconds")
    asyncio.run(main(parser.parse_args()))
