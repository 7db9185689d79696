"""The control side: /sim/... for tests, the page and whoever drives the simulator. Documented in docs/reference."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.simulator.bodies import body_of, object_of, real, whole, words
from bot.simulator.control_people import PEOPLE
from bot.simulator.errors import Misuse, Refusal
from bot.simulator.faults import read_faults
from bot.simulator.flood import read_rates
from bot.simulator.seen import bot_seen, chat_seen, commands_seen, messages_seen, queue_seen, user_seen
from bot.simulator.webapp import init_data, public_key, web_app_url

if TYPE_CHECKING:
    from bot.simulator.app import Simulator

# A file may be a page with a script: opened by itself it runs nothing and reaches nothing of this origin.
FILE_HEADERS = {
    "Cache-Control": "max-age=3600",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'",
    "X-Content-Type-Options": "nosniff",
}
FOLLOWER = re.compile(r"http://127\.0\.0\.1:\d{1,5}(/|\Z)")
Handler = Callable[["Simulator", Request], Awaitable[Any]]


def number(request: Request, name: str) -> int | None:
    """A whole number of the query string."""
    text = request.query_params.get(name)
    return whole(text, name) if text else None


# ---- what exists --------------------------------------------------------------------------------------------------


async def get_bots(sim: Simulator, request: Request) -> Any:
    return {"items": [bot_seen(bot) for bot in sim.world.bots.values()]}


async def post_bots(sim: Simulator, request: Request) -> Any:
    body = await object_of(request)
    if "token" not in body:
        raise Misuse("a bot needs a token such as 123456:ABC-def")
    username, first_name = (words(body.get(name), name) for name in ("username", "first_name"))
    bot = sim.world.add_bot(str(body["token"]), username, first_name, reads_all=bool(body.get("reads_all")))
    return bot_seen(bot)


async def get_users(sim: Simulator, request: Request) -> Any:
    return {"items": [user_seen(sim.world, user) for user in sim.world.users.values()]}


async def get_chats(sim: Simulator, request: Request) -> Any:
    chats = [*sim.world.private.values(), *sim.world.groups.values()]
    return {"items": [chat_seen(chat, sim.world) for chat in chats]}


def _chat(sim: Simulator, request: Request) -> Any:
    return sim.people.chat(request.path_params["chat"], None, number(request, "bot"))


async def get_chat(sim: Simulator, request: Request) -> Any:
    return chat_seen(_chat(sim, request), sim.world)


async def get_messages(sim: Simulator, request: Request) -> Any:
    return messages_seen(sim.world, _chat(sim, request), number(request, "user"), number(request, "after") or 0)


async def get_commands(sim: Simulator, request: Request) -> Any:
    chat = _chat(sim, request)
    user = sim.people.user(number(request, "user") or chat.id)
    return commands_seen(sim.people.bot(chat.bot_id or number(request, "bot")), chat, user)


async def get_file(sim: Simulator, request: Request) -> Response:
    file = sim.world.files.by_any_id(request.path_params["file_id"])
    if file is None:
        raise Misuse("there is no such file", 404)
    kind = file.meta.get("mime_type") or ("image/jpeg" if file.kind == "photo" else "application/octet-stream")
    return Response(file.data, media_type=str(kind), headers=FILE_HEADERS)


async def get_callback(sim: Simulator, request: Request) -> Any:
    press = sim.world.presses.get(request.path_params["id"])
    if press is None:
        raise Misuse("there is no such press", 404)
    return {"answered": press.answer is not None, **(press.answer or {})}


async def get_web_app(sim: Simulator, request: Request) -> Any:
    user = sim.people.user(request.query_params.get("user"))
    data = init_data(
        sim.world, sim.people.bot(request.query_params.get("bot")), user, request.query_params.get("start_param")
    )
    url = request.query_params.get("url")
    return {"init_data": data, "url": web_app_url(url, data) if url else None}


async def get_web_app_key(sim: Simulator, request: Request) -> Any:
    return {"public_key": public_key(sim.world)}


# ---- the log, the queue, the clock, faults ------------------------------------------------------------------------


async def get_calls(sim: Simulator, request: Request) -> Any:
    items = sim.log.after(number(request, "after") or 0, number(request, "limit"))
    method = request.query_params.get("method")
    return {"items": [i for i in items if i["method"] == method] if method else items, "last": len(sim.log.items)}


async def get_queue(sim: Simulator, request: Request) -> Any:
    return queue_seen(sim.world)


async def get_clock(sim: Simulator, request: Request) -> Any:
    now = sim.clock.now()
    return {"now": now.isoformat(), "unix": now.timestamp()} | ({"zone": sim.zone} if sim.zone else {})


async def post_clock(sim: Simulator, request: Request) -> Any:
    body = await object_of(request)
    try:
        if "advance" in body:
            await sim.move_clock(seconds=real(body["advance"], "advance"))
        elif "to" in body:
            await sim.move_clock(to=datetime.fromisoformat(str(body["to"])))
        elif "frozen" in body:
            sim.clock.freeze(bool(body["frozen"]))
        else:
            raise Misuse('send {"advance": seconds}, {"to": ISO time} or {"frozen": true|false}')
    except (ValueError, OverflowError) as problem:
        raise Misuse(str(problem)) from None
    return await get_clock(sim, request)


async def post_followers(sim: Simulator, request: Request) -> Any:
    url = str((await object_of(request)).get("url", ""))
    if not FOLLOWER.match(url):
        raise Misuse("a follower of the clock listens at http://127.0.0.1:PORT/...")
    if url not in sim.followers:
        sim.followers.append(url)
    return {"items": sim.followers}


async def get_faults(sim: Simulator, request: Request) -> Any:
    return {"items": [fault.describe() for fault in sim.world.faults]}


async def post_faults(sim: Simulator, request: Request) -> Any:
    sim.world.faults.extend(read_faults(await body_of(request)))
    return await get_faults(sim, request)


async def delete_faults(sim: Simulator, request: Request) -> Any:
    sim.world.faults.clear()
    return {"items": []}


async def get_rates(sim: Simulator, request: Request) -> Any:
    return asdict(sim.world.rates)


async def post_rates(sim: Simulator, request: Request) -> Any:
    sim.set_rates(read_rates(await object_of(request), sim.world.rates))
    return await get_rates(sim, request)


async def get_events(sim: Simulator, request: Request) -> Response:
    return StreamingResponse(
        sim.events.stream(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


def routes(sim: Simulator) -> list[BaseRoute]:
    """The control side's routes, mountable in any Starlette application."""
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/sim/bots", get_bots),
        ("POST", "/sim/bots", post_bots),
        ("GET", "/sim/users", get_users),
        ("GET", "/sim/chats", get_chats),
        ("GET", "/sim/chats/{chat}/messages", get_messages),
        ("GET", "/sim/chats/{chat}/commands", get_commands),
        ("GET", "/sim/chats/{chat}", get_chat),
        ("GET", "/sim/files/{file_id}", get_file),
        ("GET", "/sim/callbacks/{id}", get_callback),
        ("GET", "/sim/webapp", get_web_app),
        ("GET", "/sim/webapp/key", get_web_app_key),
        ("GET", "/sim/calls", get_calls),
        ("GET", "/sim/queue", get_queue),
        ("GET", "/sim/clock", get_clock),
        ("POST", "/sim/clock", post_clock),
        ("POST", "/sim/clock/followers", post_followers),
        ("GET", "/sim/faults", get_faults),
        ("POST", "/sim/faults", post_faults),
        ("DELETE", "/sim/faults", delete_faults),
        ("GET", "/sim/rates", get_rates),
        ("POST", "/sim/rates", post_rates),
        ("GET", "/sim/events", get_events),
        *PEOPLE,
    ]
    return [Route(path, _endpoint(sim, handler), methods=[method]) for method, path, handler in table]


def _endpoint(sim: Simulator, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            if request.headers.get("sec-fetch-site") == "cross-site":  # a page of some other host in this browser
                raise Misuse("the simulator answers its own page alone, not other sites", 403)
            result = await handler(sim, request)
        except Misuse as misuse:
            return JSONResponse({"error": str(misuse)}, misuse.status)
        except Refusal as refusal:
            return JSONResponse({"error": refusal.description}, 400)
        except Exception as problem:
            logging.getLogger(__name__).exception("the simulator failed on %s", request.url.path)
            return JSONResponse({"error": f"the simulator failed: {type(problem).__name__}"}, 500)
        return result if isinstance(result, Response) else JSONResponse(result)

    return endpoint
