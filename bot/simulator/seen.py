"""What people see: messages, chats, commands, as the control side answers them."""

from __future__ import annotations

from typing import Any

from bot.simulator.methods.profile import commands_for, menu_button
from bot.simulator.state import Bot, Chat, Json, User
from bot.simulator.world import World

ACTION_SECONDS = 5


def bot_seen(bot: Bot) -> Json:
    """A bot, for whoever runs the simulator."""
    return {
        "token": bot.token,
        "id": bot.id,
        "username": bot.username,
        "first_name": bot.first_name,
        "waiting": len(bot.queue.waiting),
        "webhook": bot.queue.webhook_url or None,
    }


def user_seen(world: World, user: User) -> Json:
    """A person, with the bots they have blocked."""
    out = {k: v for k, v in user.api().items() if k != "is_bot"}
    if user.label:
        out["label"] = user.label
    if user.zone:
        out["zone"] = user.zone
    chats = ((bot_id, world.private.get((bot_id, user.id))) for bot_id in world.bots)
    out["blocked"] = [bot_id for bot_id, chat in chats if chat is not None and chat.blocked]
    return out


def chat_seen(chat: Chat, world: World) -> Json:
    """A chat with who is in it."""
    out = {**chat.api(), "last_message_id": chat.last_id, "pinned_message_ids": list(chat.pins)}
    if chat.user is not None:
        out.update(members=[chat.user.id], bots=[chat.bot_id], blocked=chat.blocked, started=chat.started)
    else:
        inside = [m for m in chat.members if chat.has(m)]
        out.update(members=[m for m in inside if m in world.users], bots=[m for m in inside if m in world.bots])
    if chat.migrated_to is not None:
        out["migrated_to"] = chat.migrated_to
    return out


def messages_seen(world: World, chat: Chat, user_id: int | None, after: int) -> Json:
    """The chat as a person sees it now: messages after an id, the reply keyboard that is up, who is typing."""
    world.close_due()
    viewer = user_id if user_id is not None else chat.user.id if chat.user else None
    items: list[Json] = []
    for message in chat.messages.values():
        if message.id <= after:
            continue
        item = message.seen()
        if "poll" in item:
            item["poll"] = world.polls.seen(item["poll"], viewer)
        items.append(item)
    now = world.clock.now().timestamp()
    actions = [
        {"action": action, "bot": bot_id}
        for (bot_id, chat_id), (action, at) in world.actions.items()
        if chat_id == chat.id and now - at < ACTION_SECONDS and chat.bot_id in {None, bot_id}
    ]
    return {"items": items, "keyboard": chat.keyboard, "actions": actions}


def commands_seen(bot: Bot, chat: Chat, user: User) -> Json:
    """The commands menu of a person in a chat, in their language, with the menu button."""
    return {
        "items": commands_for(bot, chat, user.id, user.language_code or ""),
        "menu_button": menu_button(bot, user.id) if chat.user is not None else None,
    }


def queue_seen(world: World) -> Json:
    """Updates waiting, by bot and in all."""
    for bot in world.bots.values():
        bot.queue.expire()
    items: list[dict[str, Any]] = [
        {
            "bot": bot.id,
            "waiting": len(bot.queue.waiting),
            "oldest_age": bot.queue.oldest_age(),
            "dropped": bot.queue.dropped,
            "polled": bot.queue.polled,
            "first_update_id": oldest.update_id if (oldest := bot.queue.oldest()) else None,
        }
        for bot in world.bots.values()
    ]
    ages = [item["oldest_age"] for item in items if item["oldest_age"] is not None]
    return {"items": items, "waiting": sum(item["waiting"] for item in items), "oldest_age": max(ages, default=None)}
