"""Forwarding and copying messages."""

from __future__ import annotations

from bot.simulator.errors import bad
from bot.simulator.methods.registry import Call, plays
from bot.simulator.methods.sending import caption_content, origin_of, prepare, put
from bot.simulator.state import Chat, Json, Message
from bot.simulator.world import SERVICE

HEAD = {
    "message_id",
    "from",
    "chat",
    "date",
    "edit_date",
    "reply_to_message",
    "reply_markup",
    "media_group_id",
    "has_protected_content",
    "quote",
    "via_bot",
}


def source_of(call: Call, message_id: int, verb: str) -> tuple[Chat, Message]:
    """The message to move, if it may be moved."""
    origin = call.world.seen_by(call.bot, call.args["from_chat_id"])
    message = call.world.find(origin, message_id, f"message to {verb} not found")
    if SERVICE & message.api.keys():
        raise bad(f"message can't be {'forwarded' if verb == 'forward' else 'copied'}")
    if message.api.get("has_protected_content"):
        raise bad(f"message can't be {'forwarded' if verb == 'forward' else 'copied'}")
    return origin, message


def body_of(message: Message) -> Json:
    """The content without where and when."""
    return {key: value for key, value in message.snapshot().items() if key not in HEAD and key != "forward_origin"}


@plays("forwardMessage")
def forward_message(call: Call) -> Json:
    _, message = source_of(call, call.args["message_id"], "forward")
    chat, _, _, _ = prepare(call)
    content = {"forward_origin": origin_of(message), **body_of(message)}
    return put(call, chat, content).snapshot()


@plays("copyMessage")
def copy_message(call: Call) -> Json:
    _, message = source_of(call, call.args["message_id"], "copy")
    content = body_of(message)
    if "poll" in content:
        raise bad("message can't be copied")
    if "caption" in call.args and "text" not in content:
        content = {k: v for k, v in content.items() if k not in {"caption", "caption_entities"}}
        content.update(caption_content(call.args["caption"]))
    chat, replied, inline, keyboard = prepare(call)
    return {"message_id": put(call, chat, content, replied, inline, keyboard).id}


@plays("forwardMessages", "copyMessages")
def move_messages(call: Call) -> list[Json]:
    ids: list[int] = call.args["message_ids"]
    if ids != sorted(set(ids)):
        raise bad("message identifiers must be in a strictly increasing order")
    forward = call.method == "forwardMessages"
    origin = call.world.seen_by(call.bot, call.args["from_chat_id"])
    found = [
        m
        for m in (origin.messages.get(i) for i in ids)
        if m is not None and not m.deleted and not SERVICE & m.api.keys()
    ]
    if not found:
        raise bad(f"there are no messages to {'forward' if forward else 'copy'}")
    chat, _, _, _ = prepare(call, cost=len(found))
    out = []
    for message in found:
        content = body_of(message)
        if forward:
            content = {"forward_origin": origin_of(message), **content}
        elif call.get("remove_caption"):
            content = {k: v for k, v in content.items() if k not in {"caption", "caption_entities"}}
        out.append({"message_id": put(call, chat, content).id})
    return out
