"""The part of the control side that acts for people: /sim/users, /sim/messages, /sim/presses, /sim/votes, ..."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from bot.simulator.errors import Misuse
from bot.simulator.fields import Upload
from bot.simulator.groups import migrate, new_group, stand
from bot.simulator.methods.inline import choose, plain
from bot.simulator.people import MEDIA
from bot.simulator.seen import chat_seen, user_seen
from bot.simulator.state import Json

if TYPE_CHECKING:
    from bot.simulator.app import Simulator


async def _body(request: Request) -> Json:
    from bot.simulator.control import body_of  # the two name each other

    body = await body_of(request)
    if not isinstance(body, dict):
        raise Misuse("send a JSON object")
    return body


def _need(body: Json, *names: str) -> None:
    absent = [name for name in names if body.get(name) is None]
    if absent:
        raise Misuse(f"missing: {', '.join(absent)}")


async def post_users(sim: Simulator, request: Request) -> Any:
    """Make a person; or, for an id that exists, change the fields that are given."""
    body = await _body(request)
    fields: Json = {
        name: body[name]
        for name in ("last_name", "username", "language_code", "label", "phone", "zone")
        if name in body
    }
    known = sim.world.users.get(body.get("id") or 0)
    if known is not None:
        if "first_name" in body:
            fields["first_name"] = body["first_name"]
        if fields.get("username") and fields["username"] != known.username and sim.world.named(fields["username"]):
            raise Misuse(f"the username {fields['username']!r} is taken", 409)
        for name, value in fields.items():
            setattr(known, name, value)
        known.deactivated = bool(body.get("deactivated", known.deactivated))
        sim.events.send("user", user=known.id)
        return user_seen(sim.world, known)
    _need(body, "first_name")
    zone = fields.pop("zone", None)
    user = sim.world.add_user(body["first_name"], user_id=body.get("id"), **fields)
    user.zone = zone
    return user_seen(sim.world, user)


async def post_groups(sim: Simulator, request: Request) -> Any:
    body = await _body(request)
    _need(body, "title", "members")
    return chat_seen(new_group(sim, body), sim.world)


async def post_messages(sim: Simulator, request: Request) -> Any:
    body = await _body(request)
    _need(body, "from")
    user = sim.people.user(body["from"])
    chat = sim.people.chat(body.get("chat"), user, body.get("bot"))
    said = sim.people.say(user, chat, unpacked(body))
    first_update, first = said[0]
    return {
        "update_id": first_update,
        "message_id": first.id,
        "update_ids": [u for u, _ in said],
        "message_ids": [m.id for _, m in said],
    }


def unpacked(body: Json) -> Json:
    """The body with its files turned from base64 into Uploads."""
    out = dict(body)
    for kind in MEDIA:
        if kind in out:
            out[kind] = _file(kind, out[kind])
    if "media_group" in out:
        if not isinstance(out["media_group"], list):
            raise Misuse("media_group is a list")
        out["media_group"] = [_file(str(item.get("type", "photo")), item) for item in out["media_group"]]
    return out


def _file(kind: str, item: Any) -> Any:
    if isinstance(item, str | Upload):
        return item
    if not isinstance(item, dict) or not isinstance(item.get("data"), str):
        raise Misuse(f"{kind}: send {{name, data}} with base64 data, or a multipart part")
    try:
        data = base64.b64decode(item["data"], validate=True)
    except (binascii.Error, ValueError):
        raise Misuse(f"{kind}: data is not base64") from None
    upload = Upload(str(item.get("name") or kind), data, str(item.get("mime_type") or "application/octet-stream"))
    return {**{k: v for k, v in item.items() if k not in {"data", "name"}}, "upload": upload}


async def post_presses(sim: Simulator, request: Request) -> Any:
    body = await _body(request)
    _need(body, "from", "message_id", "data")
    user = sim.people.user(body["from"])
    chat = sim.people.chat(body.get("chat"), user, body.get("bot"))
    press, update_id = sim.people.press(
        user, chat, body["message_id"], str(body["data"]), forge=bool(body.get("forge"))
    )
    return {"callback_query_id": press.id, "update_id": update_id}


async def post_votes(sim: Simulator, request: Request) -> Any:
    body = await _body(request)
    _need(body, "from", "poll_id", "option_ids")
    options = body["option_ids"]
    if not isinstance(options, list) or not all(isinstance(i, int) for i in options):
        raise Misuse("option_ids is a list of numbers")
    return {"update_id": sim.world.polls.vote(sim.people.user(body["from"]), str(body["poll_id"]), options)}


async def post_edits(sim: Simulator, request: Request) -> Any:
    body = await _body(request)
    _need(body, "from", "message_id")
    user = sim.people.user(body["from"])
    chat = sim.people.chat(body.get("chat"), user, body.get("bot"))
    if body.get("delete"):
        sim.people.delete(chat, body["message_id"])
        return {"update_id": None}
    return {"update_id": sim.people.edit(user, chat, body["message_id"], body)}


async def post_reactions(sim: Simulator, request: Request) -> Any:
    body = await _body(request)
    _need(body, "from", "message_id")
    user = sim.people.user(body["from"])
    chat = sim.people.chat(body.get("chat"), user, body.get("bot"))
    emoji = body.get("emoji")
    reaction = body.get("reaction", [{"type": "emoji", "emoji": emoji}] if emoji else [])
    return {"update_id": sim.people.react(user, chat, body["message_id"], reaction)}


async def post_blocks(sim: Simulator, request: Request) -> Any:
    body = await _body(request)
    _need(body, "user", "blocked")
    return {
        "update_id": sim.people.block(
            sim.people.user(body["user"]), sim.people.bot(body.get("bot")), bool(body["blocked"])
        )
    }


async def post_members(sim: Simulator, request: Request) -> Any:
    body = await _body(request)
    _need(body, "chat")
    return {"update_ids": stand(sim, body)}


async def post_migrations(sim: Simulator, request: Request) -> Any:
    body = await _body(request)
    _need(body, "chat")
    return chat_seen(migrate(sim, int(body["chat"])), sim.world)


async def post_updates(sim: Simulator, request: Request) -> Any:
    """Put a raw update in the queue: `{update: {...}}` gets its update_id; `{raw: "text"}` goes in as it is."""
    body = await _body(request)
    queue = sim.people.bot(body.get("bot")).queue
    if isinstance(body.get("raw"), str):
        raw: str = body["raw"]
        return {"update_id": queue.push_text("raw", lambda uid: raw.replace("$UPDATE_ID", str(uid)), ("chat", 0))}
    update = body.get("update")
    if not isinstance(update, dict):
        raise Misuse('send {"update": {...}} or {"raw": "text"}')
    kind = next((key for key in update if key != "update_id"), "unknown")
    return {
        "update_id": queue.push_text(
            kind, lambda uid: json.dumps({"update_id": uid, **update}, ensure_ascii=False), ("chat", 0)
        )
    }


async def post_inline_queries(sim: Simulator, request: Request) -> Any:
    body = await _body(request)
    _need(body, "from")
    asked, update_id = sim.people.ask_inline(
        sim.people.user(body["from"]),
        sim.people.bot(body.get("bot")),
        str(body.get("query", "")),
        str(body.get("offset", "")),
    )
    return {"inline_query_id": asked.id, "update_id": update_id}


async def post_inline_results(sim: Simulator, request: Request) -> Any:
    """A person picks a result of an inline question: it is sent into a chat by way of the bot."""
    body = await _body(request)
    _need(body, "from", "inline_query_id", "result_id")
    user = sim.people.user(body["from"])
    asked = sim.world.inline_queries.get(str(body["inline_query_id"]))
    if asked is None or asked.user_id != user.id:
        raise Misuse("this person asked no such inline query", 404)
    bot = sim.world.bots[asked.bot_id]
    chat = sim.people.chat(body.get("chat"), user, bot.id)
    message, update_id = choose(sim.world, bot, user, asked, str(body["result_id"]), chat)
    return {"message_id": message.id, "update_id": update_id}


async def get_inline_query(sim: Simulator, request: Request) -> Any:
    asked = sim.world.inline_queries.get(request.path_params["id"])
    if asked is None:
        raise Misuse("there is no such inline query", 404)
    return {"answered": asked.results is not None, "results": plain(asked.results or []), **asked.options}


PEOPLE: list[Any] = [
    ("POST", "/sim/users", post_users),
    ("POST", "/sim/groups", post_groups),
    ("POST", "/sim/messages", post_messages),
    ("POST", "/sim/presses", post_presses),
    ("POST", "/sim/votes", post_votes),
    ("POST", "/sim/edits", post_edits),
    ("POST", "/sim/reactions", post_reactions),
    ("POST", "/sim/blocks", post_blocks),
    ("POST", "/sim/members", post_members),
    ("POST", "/sim/migrations", post_migrations),
    ("POST", "/sim/updates", post_updates),
    ("POST", "/sim/inline_queries", post_inline_queries),
    ("GET", "/sim/inline_queries/{id}", get_inline_query),
    ("POST", "/sim/inline_results", post_inline_results),
]
