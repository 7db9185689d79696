"""Inline results and Mini App answers: messages that people send through a bot."""

from __future__ import annotations

import re
from typing import Any

from bot.simulator.errors import Misuse, bad, not_played
from bot.simulator.markup import check_markup
from bot.simulator.methods.media import media_content
from bot.simulator.methods.registry import Call, plays
from bot.simulator.methods.sending import caption_content, text_content
from bot.simulator.state import Bot, Chat, InlineQuery, Json, Message, User
from bot.simulator.world import World

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
CACHED = ("photo", "document", "voice", "video", "audio", "sticker")


def content_of(world: World, result: Json) -> Json:
    """The message an inline result stands for; what the simulator does not play is refused with its name."""
    content = result.get("input_message_content")
    if content is not None:
        if "message_text" in content:
            return text_content(content["message_text"])
        if "phone_number" in content:
            return {"contact": content}
        if "latitude" in content and "title" not in content:
            return {"location": content}
        raise not_played("this input_message_content")
    for kind in CACHED:
        if f"{kind}_file_id" in result:
            file_id = result[f"{kind}_file_id"]
            return {**media_content(world, kind, file_id, {}), **caption_content(result.get("caption"))}
    if result["type"] == "location":
        return {"location": {"latitude": result["latitude"], "longitude": result["longitude"]}}
    raise not_played(f"inline results of type {result['type']}")


@plays("answerInlineQuery")
def answer_inline_query(call: Call) -> bool:
    world = call.world
    query = world.inline_queries.get(call.args["inline_query_id"])
    if query is None or query.bot_id != call.bot.id or query.results is not None:
        raise bad(TOO_OLD)
    if world.clock.now().timestamp() - query.at > world.press_seconds:
        raise bad(TOO_OLD)
    results: list[Json] = call.args["results"]
    if len(results) > 50:
        raise bad("RESULTS_TOO_MUCH")
    if len({result["id"] for result in results}) != len(results):
        raise bad("RESULT_ID_DUPLICATE")
    for result in results:
        check_markup(result.get("reply_markup"), private=False)
    button: Json = call.get("button", {})
    if "start_parameter" in button and not START_PARAMETER.match(button["start_parameter"]):
        raise bad("START_PARAM_INVALID")
    query.results = results
    query.options = {k: v for k, v in call.args.items() if k not in {"results", "inline_query_id"}}
    return True


@plays("answerWebAppQuery")
def answer_web_app_query(call: Call) -> Json:
    world = call.world
    asked = world.web_app_queries.pop(call.args["web_app_query_id"], None)
    if asked is None or asked[0] != call.bot.id:
        raise bad("QUERY_ID_INVALID" if asked is None else TOO_OLD)
    user = world.users[asked[1]]
    chat = world.private_chat(call.bot, user)
    message = send_through(world, call.bot, user, chat, call.args["result"])
    call.message_ids.append(message.id)
    return {"inline_message_id": world.unique("AQ")}


def send_through(world: World, bot: Bot, user: User, chat: Chat, result: Json) -> Message:
    """A person's message by way of a bot; bots in the chat are told."""
    inline, _ = check_markup(result.get("reply_markup"), chat.user is not None)
    content = {"via_bot": bot.api(), **content_of(world, result)}
    if inline is not None:
        content["reply_markup"] = inline
    message = world.post(chat, user, content)
    world.announce(chat, message)
    return message


def choose(
    world: World, bot: Bot, user: User, query: InlineQuery, result_id: str, chat: Chat
) -> tuple[Message, int | None]:
    """A person picks one of the results: the message, and the id of the chosen_inline_result update."""
    result: Any = next((r for r in query.results or [] if r["id"] == result_id), None)
    if result is None:
        raise Misuse("the bot gave no such result", 404)
    message = send_through(world, bot, user, chat, result)
    chosen = {"result_id": result_id, "from": user.api(), "query": query.query}
    return message, bot.queue.push("chosen_inline_result", chosen, ("user", user.id))


def plain(value: Any) -> Any:
    """Formatted texts as `{text, entities}`, so that the control side can show them."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "_asdict"):
        return value._asdict()
    return [plain(item) for item in value] if isinstance(value, list) else value
