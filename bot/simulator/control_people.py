"""The part of the control side that acts for people: /sim/users, /sim/messages, /sim/presses, /sim/votes, ..."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from bot.simulator.bodies import file_of, numbers, object_of, objects, whole, words
from bot.simulator.errors import Misuse
from bot.simulator.groups import migrate, new_group, stand
from bot.simulator.methods.inline import choose, plain
from bot.simulator.people import MEDIA
from bot.simulator.seen import chat_seen, user_seen
from bot.simulator.state import Chat, Json, User

if TYPE_CHECKING:
    from bot.simulator.app import Simulator


def _who(sim: Simulator, body: Json) -> tuple[User, Chat]:
    """The person who acts, and the chat they act in (their private one where none is named)."""
    user = sim.people.user(body["from"])
    return user, sim.people.chat(body.get("chat"), user, body.get("bot"))


TEXTS = ("first_name", "last_name", "username", "language_code", "label", "phone", "zone")


async def post_users(sim: Simulator, request: Request) -> Any:
    """Make a person; or, for an id that exists, change the fields that are given."""
    body = await object_of(request)
    fields: Json = {name: words(body[name], name) for name in TEXTS if name in body}
    user_id = None if body.get("id") is None else whole(body["id"], "id")
    known = sim.world.users.get(user_id or 0)
    if known is not None:
        if "first_name" in body and not fields["first_name"]:
            raise Misuse("a person needs a first_name")
        if fields.get("username") and fields["username"] != known.username:
            sim.world.check_username(fields["username"])
        for name, value in fields.items():
            setattr(known, name, value)
        known.deactivated = bool(body.get("deactivated", known.deactivated))
        sim.events.send("user", user=known.id)
        return user_seen(sim.world, known)
    zone = fields.pop("zone", None)
    user = sim.world.add_user(fields.pop("first_name", None) or "", user_id=user_id, **fields)
    user.zone = zone
    return user_seen(sim.world, user)


async def post_groups(sim: Simulator, request: Request) -> Any:
    body = await object_of(request, "title", "members")
    return chat_seen(new_group(sim, body), sim.world)


async def post_messages(sim: Simulator, request: Request) -> Any:
    body = await object_of(request, "from")
    user, chat = _who(sim, body)
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
        if out.get(kind) is not None:
            out[kind] = file_of(kind, out[kind])
    if out.get("media_group") is not None:
        items = objects(out["media_group"], "media_group")
        out["media_group"] = [file_of(str(item.get("type", "photo")), item) for item in items]
    return out


async def post_presses(sim: Simulator, request: Request) -> Any:
    body = await object_of(request, "from", "message_id", "data")
    user, chat = _who(sim, body)
    press, update_id = sim.people.press(
        user, chat, body["message_id"], str(body["data"]), forge=bool(body.get("forge"))
    )
    return {"callback_query_id": press.id, "update_id": update_id}


async def post_votes(sim: Simulator, request: Request) -> Any:
    body = await object_of(request, "from", "poll_id", "option_ids")
    options = numbers(body["option_ids"], "option_ids")
    return {"update_id": sim.world.polls.vote(sim.people.user(body["from"]), str(body["poll_id"]), options)}


async def post_edits(sim: Simulator, request: Request) -> Any:
    body = await object_of(request, "from", "message_id")
    user, chat = _who(sim, body)
    if body.get("delete"):
        sim.people.delete(chat, body["message_id"])
        return {"update_id": None}
    return {"update_id": sim.people.edit(user, chat, body["message_id"], body)}


async def post_reactions(sim: Simulator, request: Request) -> Any:
    body = await object_of(request, "from", "message_id")
    user, chat = _who(sim, body)
    emoji = body.get("emoji")
    reaction = objects(body.get("reaction", [{"type": "emoji", "emoji": emoji}] if emoji else []), "reaction")
    return {"update_id": sim.people.react(user, chat, body["message_id"], reaction)}


async def post_blocks(sim: Simulator, request: Request) -> Any:
    body = await object_of(request, "user", "blocked")
    return {
        "update_id": sim.people.block(
            sim.people.user(body["user"]), sim.people.bot(body.get("bot")), bool(body["blocked"])
        )
    }


async def post_members(sim: Simulator, request: Request) -> Any:
    body = await object_of(request, "chat")
    return {"update_ids": stand(sim, body)}


async def post_migrations(sim: Simulator, request: Request) -> Any:
    body = await object_of(request, "chat")
    return chat_seen(migrate(sim, whole(body["chat"], "chat")), sim.world)


async def post_updates(sim: Simulator, request: Request) -> Any:
    """Put a raw update in the queue: `{update: {...}}` gets its update_id; `{raw: "text"}` goes in as it is."""
    body = await object_of(request)
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
    body = await object_of(request, "from")
    asked, update_id = sim.people.ask_inline(
        sim.people.user(body["from"]),
        sim.people.bot(body.get("bot")),
        str(body.get("query", "")),
        str(body.get("offset", "")),
    )
    return {"inline_query_id": asked.id, "update_id": update_id}


async def post_inline_results(sim: Simulator, request: Request) -> Any:
    """A person picks a result of an inline question: it is sent into a chat by way of the bot."""
    body = await object_of(request, "from", "inline_query_id", "result_id")
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
