"""Chats as a whole: getChat, titles, descriptions, pins, reactions, invite links, permissions."""

from __future__ import annotations

from typing import Any

from bot.simulator.errors import bad
from bot.simulator.methods.members import PERMISSIONS, group
from bot.simulator.methods.registry import Call, plays
from bot.simulator.state import Chat, Json

# The emoji Telegram lets people react with.
_EMOJI = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 "
    "🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 "
    "🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)
REACTIONS = frozenset(_EMOJI.split(" "))
NO_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


@plays("getChat")
def get_chat(call: Call) -> Json:
    chat = call.world.seen_by(call.bot, call.args["chat_id"])
    out: Json = {
        **chat.api(),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": NO_GIFTS,
    }
    if chat.description:
        out["description"] = chat.description
    if chat.invite_link:
        out["invite_link"] = chat.invite_link
    if chat.pins:
        out["pinned_message"] = chat.messages[chat.pins[-1]].snapshot()
    if chat.user is None:
        out["permissions"] = dict.fromkeys(PERMISSIONS, True) | (chat.permissions or {})
    elif chat.username or chat.user.username:
        out["active_usernames"] = [chat.user.username]
    return out


@plays("setChatTitle")
def set_chat_title(call: Call) -> bool:
    chat = group(call, "can_change_info")
    if chat.title == call.args["title"]:
        raise bad("chat title is not modified")
    chat.title = call.args["title"]
    service(call, chat, {"new_chat_title": chat.title})
    return True


@plays("setChatDescription")
def set_chat_description(call: Call) -> bool:
    chat = group(call, "can_change_info")
    new = call.get("description", "")
    new = new.text if hasattr(new, "text") else new
    if (chat.description or "") == new:
        raise bad("chat description is not modified")
    chat.description = new or None
    return True


@plays("setChatPermissions")
def set_chat_permissions(call: Call) -> bool:
    chat = group(call, "can_restrict_members")
    chat.permissions = call.args["permissions"]
    return True


@plays("setChatPhoto")
def set_chat_photo(call: Call) -> bool:
    chat = group(call, "can_change_info")
    sizes = call.world.files.put_photo(call.args["photo"])
    service(call, chat, {"new_chat_photo": sizes})
    return True


@plays("deleteChatPhoto")
def delete_chat_photo(call: Call) -> bool:
    service(call, group(call, "can_change_info"), {"delete_chat_photo": True})
    return True


def service(call: Call, chat: Chat, content: Json) -> None:
    """A service message of the bot's doing; bots are told, the one that did it too."""
    message = call.world.post(chat, call.bot, content)
    call.message_ids.append(message.id)
    for bot in call.world.bots.values():
        if chat.bot_id == bot.id or chat.has(bot.id):
            bot.queue.push("message", message.snapshot(), ("chat", chat.id))


def _may_pin(call: Call, chat: Chat) -> None:
    if chat.user is None and not (
        chat.is_admin(call.bot.id) and chat.members[call.bot.id].get("can_pin_messages", False)
    ):
        raise bad("not enough rights to manage pinned messages in the chat")


@plays("pinChatMessage")
def pin_chat_message(call: Call) -> bool:
    chat = call.chat()
    message = call.world.find(chat, call.args["message_id"], "message to pin not found")
    _may_pin(call, chat)
    if message.id in chat.pins:
        chat.pins.remove(message.id)
    chat.pins.append(message.id)
    message.pinned = True
    call.world.show("pinned", chat, message)
    inner = message.snapshot()
    inner.pop("reply_to_message", None)
    service(call, chat, {"pinned_message": inner})
    return True


@plays("unpinChatMessage")
def unpin_chat_message(call: Call) -> bool:
    chat = call.chat()
    _may_pin(call, chat)
    message_id: Any = call.get("message_id", chat.pins[-1] if chat.pins else None)
    if message_id is None or message_id not in chat.pins:
        raise bad("message to unpin not found")
    chat.pins.remove(message_id)
    chat.messages[message_id].pinned = False
    call.world.show("unpinned", chat, chat.messages[message_id])
    return True


@plays("unpinAllChatMessages")
def unpin_all_chat_messages(call: Call) -> bool:
    chat = call.chat()
    _may_pin(call, chat)
    for message_id in chat.pins:
        chat.messages[message_id].pinned = False
    chat.pins.clear()
    call.world.events.send("unpinned", chat=chat.id, bot=chat.bot_id)
    return True


@plays("setMessageReaction")
def set_message_reaction(call: Call) -> bool:
    chat = call.chat()
    message = call.world.find(chat, call.args["message_id"], "message to react not found")
    reaction: list[Json] = call.get("reaction", [])
    if len(reaction) > 1:
        raise bad("REACTIONS_TOO_MANY")
    for one in reaction:
        if one["type"] != "emoji" or one["emoji"].replace("\ufe0f", "") not in REACTIONS:
            raise bad("REACTION_INVALID")
    if reaction:
        message.reactions[call.bot.id] = reaction
    else:
        message.reactions.pop(call.bot.id, None)
    call.message_ids.append(message.id)
    call.world.show("reaction", chat, message)
    return True


@plays("exportChatInviteLink")
def export_chat_invite_link(call: Call) -> str:
    chat = group(call, "can_invite_users")
    chat.invite_link = f"https://t.me/+{call.world.unique('s')}"
    return chat.invite_link


@plays("createChatInviteLink", "editChatInviteLink")
def create_chat_invite_link(call: Call) -> Json:
    chat = group(call, "can_invite_users")
    url = call.get("invite_link") or f"https://t.me/+{call.world.unique('s')}"
    if call.method == "editChatInviteLink" and url not in chat.links:
        raise bad("INVITE_HASH_EXPIRED")
    link: Json = {
        "invite_link": url,
        "creator": call.bot.api(),
        "creates_join_request": bool(call.get("creates_join_request")),
        "is_primary": False,
        "is_revoked": False,
    }
    for name in ("name", "expire_date", "member_limit"):
        if name in call.args:
            link[name] = call.args[name]
    chat.links[url] = link
    return link


@plays("revokeChatInviteLink")
def revoke_chat_invite_link(call: Call) -> Json:
    chat = group(call, "can_invite_users")
    link = chat.links.get(call.args["invite_link"])
    if link is None:
        raise bad("INVITE_HASH_EXPIRED")
    link["is_revoked"] = True
    return link
