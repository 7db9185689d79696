"""Who is in a group and what they may do: chat members, bans, promotions, and the updates these cause."""

from __future__ import annotations

from typing import Any

from bot.simulator.errors import bad
from bot.simulator.methods.registry import Call, plays
from bot.simulator.state import Bot, Chat, Json, User
from bot.simulator.world import World

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_send_welcome_messages",
)
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


def full_member(member: Json, user: Json) -> Json:
    """A ChatMember with every field its status asks for."""
    status = member["status"]
    out: Json = {"status": status, "user": user}
    if status == "creator":
        out["is_anonymous"] = False
    elif status == "administrator":
        out.update({"can_be_edited": False, "is_anonymous": False, **dict.fromkeys(RIGHTS, False)})
    elif status == "restricted":
        out.update({"is_member": True, "until_date": 0, **dict.fromkeys(PERMISSIONS, False)})
    elif status == "kicked":
        out["until_date"] = 0
    out.update({k: v for k, v in member.items() if k != "status"})
    return out


def member_of(world: World, chat: Chat, member_id: int) -> Json:
    """The ChatMember of somebody, `left` if they were never there."""
    who: User | Bot | None = world.users.get(member_id) or world.bots.get(member_id)
    if who is None:
        raise bad("user not found")
    if chat.user is not None:
        known = member_id in {chat.user.id, chat.bot_id}
        return full_member({"status": "member" if known else "left"}, who.api())
    return full_member(chat.members.get(member_id, {"status": "left"}), who.api())


def set_member(world: World, chat: Chat, member_id: int, new: Json, by: User | Bot) -> list[int | None]:
    """Change somebody's standing: service message, chat_member and my_chat_member updates. The update ids."""
    before = member_of(world, chat, member_id)
    who: Any = world.users.get(member_id) or world.bots.get(member_id)
    was_in = chat.has(member_id)
    chat.members[member_id] = new
    ids: list[int | None] = []
    service: Json | None = None
    if chat.has(member_id) and not was_in:
        service = {"new_chat_members": [who.api()]}
    elif was_in and not chat.has(member_id):
        service = {"left_chat_member": who.api()}
    body = {
        "chat": chat.api(),
        "from": by.api(),
        "date": world.clock.unix(),
        "old_chat_member": before,
        "new_chat_member": full_member(new, who.api()),
    }
    for bot in world.bots.values():
        if bot.id == member_id:
            ids.append(bot.queue.push("my_chat_member", body, ("chat", chat.id)))
        elif chat.is_admin(bot.id):
            ids.append(bot.queue.push("chat_member", body, ("chat", chat.id)))
    if service is not None:
        message = world.post(chat, by, service)
        ids.append(world.announce(chat, message))
    world.events.send("members", chat=chat.id)
    return ids


def group(call: Call, right: str | None = None) -> Chat:
    """The group a call means; 400 for private chats and without the right."""
    chat = call.chat()
    if chat.user is not None:
        raise bad("method is available for supergroup and channel chats only")
    if right is not None:
        own = chat.members[call.bot.id]
        if own["status"] != "creator" and not (own["status"] == "administrator" and own.get(right)):
            raise bad(f"not enough rights to {_ACTS.get(right, 'do that')}")
    return chat


_ACTS = {
    "can_restrict_members": "restrict/unrestrict chat member",
    "can_promote_members": "promote or demote a user",
    "can_pin_messages": "manage pinned messages in the chat",
    "can_change_info": "change chat info",
    "can_invite_users": "manage chat invite link",
}


def _someone(call: Call, chat: Chat) -> int:
    member_id: int = call.args["user_id"]
    if member_id not in call.world.users and member_id not in call.world.bots:
        raise bad("user not found")
    if chat.status(member_id) == "creator":
        raise bad("can't remove chat owner")
    return member_id


@plays("getChatMember")
def get_chat_member(call: Call) -> Json:
    return member_of(call.world, call.world.seen_by(call.bot, call.args["chat_id"]), call.args["user_id"])


@plays("getChatAdministrators")
def get_chat_administrators(call: Call) -> list[Json]:
    chat = call.world.seen_by(call.bot, call.args["chat_id"])
    if chat.user is not None:
        raise bad("there are no administrators in the private chat")
    return [member_of(call.world, chat, m) for m in chat.members if chat.is_admin(m)]


@plays("getChatMemberCount")
def get_chat_member_count(call: Call) -> int:
    chat = call.world.seen_by(call.bot, call.args["chat_id"])
    return 2 if chat.user is not None else sum(chat.has(m) for m in chat.members)


@plays("banChatMember")
def ban_chat_member(call: Call) -> bool:
    chat = group(call, "can_restrict_members")
    until = call.get("until_date", 0)
    set_member(call.world, chat, _someone(call, chat), {"status": "kicked", "until_date": until}, call.bot)
    return True


@plays("unbanChatMember")
def unban_chat_member(call: Call) -> bool:
    chat = group(call, "can_restrict_members")
    member_id = _someone(call, chat)
    if chat.status(member_id) == "kicked" or (chat.has(member_id) and not call.get("only_if_banned")):
        set_member(call.world, chat, member_id, {"status": "left"}, call.bot)
    return True


@plays("restrictChatMember")
def restrict_chat_member(call: Call) -> bool:
    chat = group(call, "can_restrict_members")
    if chat.type != "supergroup":
        raise bad("method is available only for supergroups")
    given = call.args["permissions"]
    new: Json = {
        "status": "restricted",
        "is_member": True,
        "until_date": call.get("until_date", 0),
        **{name: bool(given.get(name)) for name in PERMISSIONS},
    }
    if all(new[name] for name in PERMISSIONS if name in given) and given:
        new = {"status": "member"}
    set_member(call.world, chat, _someone(call, chat), new, call.bot)
    return True


@plays("promoteChatMember")
def promote_chat_member(call: Call) -> bool:
    chat = group(call, "can_promote_members")
    rights = {name: bool(call.get(name)) for name in RIGHTS}
    new: Json = (
        {"status": "administrator", **rights, "can_manage_chat": True} if any(rights.values()) else {"status": "member"}
    )
    set_member(call.world, chat, _someone(call, chat), new, call.bot)
    return True


@plays("leaveChat")
def leave_chat(call: Call) -> bool:
    chat = call.chat()
    if chat.user is not None:
        raise bad("chat member status can't be changed in private chats")
    set_member(call.world, chat, call.bot.id, {"status": "left"}, call.bot)
    return True
