"""What a bot sets about itself: commands by scope and language, name, descriptions, menu button, default rights."""

from __future__ import annotations

import re
from typing import Any

from bot.simulator.complaints import Wrong
from bot.simulator.errors import bad
from bot.simulator.methods.registry import Call, plays
from bot.simulator.state import Bot, Chat, Json
from bot.simulator.text import check_url

COMMAND = re.compile(r"[a-z0-9_]{1,32}\Z")
LANGUAGE = re.compile(r"(?:[a-z]{2})?\Z")
MOST_COMMANDS = 100


def scope_key(call: Call) -> str:
    """A scope as one text: `default`, `chat:5`, `chat_member:-7:5`."""
    scope: Json = call.get("scope") or {"type": "default"}
    kind = scope["type"]
    if "chat_id" not in scope:
        return str(kind)
    chat = call.world.seen_by(call.bot, scope["chat_id"])
    return f"{kind}:{chat.id}:{scope['user_id']}" if "user_id" in scope else f"{kind}:{chat.id}"


def language(call: Call) -> str:
    """The language code, two letters or none."""
    code = call.get("language_code", "")
    if not LANGUAGE.match(code):
        raise bad("BOT_LANG_CODE_INVALID")
    return str(code)


@plays("setMyCommands")
def set_my_commands(call: Call) -> bool:
    commands: list[Json] = call.args["commands"]
    if len(commands) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        command["command"] = command["command"].removeprefix("/")
        if not COMMAND.match(command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not command["description"].strip():
            raise bad("command description must be non-empty")
    key = (scope_key(call), language(call))
    if commands:
        call.bot.commands[key] = commands
    else:
        call.bot.commands.pop(key, None)
    call.world.events.send("commands", bot=call.bot.id)
    return True


@plays("getMyCommands")
def get_my_commands(call: Call) -> list[Json]:
    return call.bot.commands.get((scope_key(call), language(call)), [])


@plays("deleteMyCommands")
def delete_my_commands(call: Call) -> bool:
    call.bot.commands.pop((scope_key(call), language(call)), None)
    call.world.events.send("commands", bot=call.bot.id)
    return True


def commands_for(bot: Bot, chat: Chat, user_id: int, code: str) -> list[Json]:
    """The commands a person sees in a chat: the narrowest scope that has any, their language before none."""
    if chat.user is not None:
        scopes = [f"chat:{chat.id}", "all_private_chats", "default"]
    else:
        scopes = [f"chat_member:{chat.id}:{user_id}"]
        if chat.is_admin(user_id):
            scopes += [f"chat_administrators:{chat.id}"]
        scopes += [f"chat:{chat.id}"]
        if chat.is_admin(user_id):
            scopes += ["all_chat_administrators"]
        scopes += ["all_group_chats", "default"]
    for scope in scopes:
        for lang in (code[:2], ""):
            found = bot.commands.get((scope, lang))
            if found:
                return found
    return []


TEXTS: dict[str, tuple[str, str]] = {
    "Name": ("names", "name"),
    "Description": ("descriptions", "description"),
    "ShortDescription": ("short_descriptions", "short_description"),
}


@plays("setMyName", "setMyDescription", "setMyShortDescription")
def set_my_text(call: Call) -> bool:
    where, field = TEXTS[call.method.removeprefix("setMy")]
    kept: dict[str, str] = getattr(call.bot, where)
    value = call.get(field, "")
    value = value.text if hasattr(value, "text") else value
    if value:
        kept[language(call)] = value
    elif field == "name" and not language(call):
        raise bad("BOT_TITLE_INVALID")
    else:
        kept.pop(language(call), None)
    if field == "name" and value and not language(call):
        call.bot.first_name = value
    return True


@plays("getMyName", "getMyDescription", "getMyShortDescription")
def get_my_text(call: Call) -> Json:
    where, field = TEXTS[call.method.removeprefix("getMy")]
    kept: dict[str, str] = getattr(call.bot, where)
    fallback = call.bot.first_name if field == "name" else ""
    return {field: kept.get(language(call)) or kept.get("") or fallback}


@plays("setChatMenuButton")
def set_chat_menu_button(call: Call) -> bool:
    button: Json = call.get("menu_button") or {"type": "default"}
    if button["type"] == "web_app":
        try:
            check_url(button["web_app"]["url"], "menu button Web App URL", only_https=True)
        except Wrong as wrong:
            raise bad(str(wrong)) from None
        if not button["text"]:
            raise bad("BUTTON_TEXT_INVALID")
    call.bot.menu_buttons[_menu_chat(call)] = button
    call.world.events.send("commands", bot=call.bot.id)
    return True


@plays("getChatMenuButton")
def get_chat_menu_button(call: Call) -> Json:
    return menu_button(call.bot, _menu_chat(call))


def menu_button(bot: Bot, chat_id: int) -> Json:
    """The menu button of a private chat: its own, the bot's, or Telegram's default."""
    own = bot.menu_buttons.get(chat_id) or bot.menu_buttons.get(0) or {"type": "default"}
    return bot.menu_buttons.get(0, {"type": "commands"}) if own["type"] == "default" and chat_id else own


def _menu_chat(call: Call) -> int:
    chat_id: Any = call.get("chat_id")
    if chat_id is None:
        return 0
    chat = call.world.seen_by(call.bot, chat_id)
    if chat.user is None:
        raise bad("chat not found")
    return chat.id


@plays("setMyDefaultAdministratorRights")
def set_rights(call: Call) -> bool:
    call.bot.rights[bool(call.get("for_channels"))] = call.get("rights") or {}
    return True


@plays("getMyDefaultAdministratorRights")
def get_rights(call: Call) -> Json:
    from bot.simulator.methods.members import RIGHTS

    return dict.fromkeys(("is_anonymous", *RIGHTS), False) | call.bot.rights.get(bool(call.get("for_channels")), {})
