"""Telegram's wording for what is wrong with an argument, as far as it is known; plain words otherwise."""

from __future__ import annotations

from typing import Any

PARSE_PREFIX = {
    "InlineKeyboardButton": "can't parse inline keyboard button: ",
    "KeyboardButton": "can't parse keyboard button: ",
    "MessageEntity": "can't parse MessageEntity: ",
}


class Wrong(Exception):
    """Something wrong inside an argument; `final` once a prefix says in which kind of object."""

    final = False

    def within(self, prefix: str | None) -> Wrong:
        """The same complaint, placed in its object. The innermost known kind of object wins."""
        if prefix is None or self.final:
            return self
        text = str(self)
        placed = Wrong(text if is_code(text) else prefix + text)
        placed.final = True
        return placed


def is_code(text: str) -> bool:
    """Whether the complaint is one of Telegram's server codes such as BUTTON_DATA_INVALID."""
    return text.replace("_", "").isalnum() and text.upper() == text


UNALLOWED = "Text buttons are unallowed in the inline keyboard"
# (owner or "", field) -> (when too short, when too long)
WORDS: dict[tuple[str, str], tuple[str, str]] = {
    ("sendMessage", "text"): ("message text is empty", "message is too long"),
    ("editMessageText", "text"): ("message text is empty", "message is too long"),
    ("InlineKeyboardButton", "callback_data"): (UNALLOWED, "BUTTON_DATA_INVALID"),
    ("CopyTextButton", "text"): ("BUTTON_COPY_TEXT_INVALID", "BUTTON_COPY_TEXT_INVALID"),
    ("KeyboardButtonRequestUsers", "max_quantity"): ("BUTTON_QUANTITY_MAX_INVALID", "BUTTON_QUANTITY_MAX_INVALID"),
    ("sendPoll", "question"): ("text must be non-empty", "poll question length must not exceed 300"),
    ("sendPoll", "options"): ("poll must have at least one answer option", "poll can't have more than 12 options"),
    ("sendPoll", "explanation"): ("MESSAGE_TOO_LONG", "MESSAGE_TOO_LONG"),
    ("InputPollOption", "text"): ("text must be non-empty", "poll options length must not exceed 100"),
    ("answerCallbackQuery", "text"): ("MESSAGE_TOO_LONG", "MESSAGE_TOO_LONG"),
    ("BotCommand", "command"): ("command must be non-empty", "BOT_COMMAND_INVALID"),
    ("BotCommand", "description"): ("command description must be non-empty", "BOT_COMMAND_DESCRIPTION_INVALID"),
    ("sendMediaGroup", "media"): (
        "group send failed: an album needs 2-10 items",
        "too many messages to send as an album",
    ),
    ("deleteMessages", "message_ids"): (
        "message identifiers are not specified",
        "too many message identifiers specified",
    ),
    ("setMyDescription", "description"): ("BOT_DESC_INVALID", "BOT_DESC_INVALID"),
    ("setMyName", "name"): ("BOT_TITLE_INVALID", "BOT_TITLE_INVALID"),
    ("", "caption"): ("message caption is too short", "message caption is too long"),
}


def out_of_limits(owner: str, field: str, value: Any, limits: dict[str, Any]) -> str | None:
    """What is wrong with the length, size or value, or None. Texts are counted in UTF-16 units, as Telegram does."""
    if not limits:
        return None
    for low, high, measure, unit in _MEASURES:
        if low not in limits and high not in limits:
            continue
        size = measure(value)
        if size is None:
            continue
        if size < limits.get(low, size):
            return _words(owner, field, 0, f"{field} must have at least {limits[low]} {unit}".strip())
        if size > limits.get(high, size):
            return _words(owner, field, 1, f"{field} must have at most {limits[high]} {unit}".strip())
    if "const" in limits and str(value) != str(limits["const"]):
        return f'Field "{field}" must be "{limits["const"]}"'
    return None


def _words(owner: str, field: str, side: int, plain: str) -> str:
    known = WORDS.get((owner, field)) or WORDS.get(("", field))
    return known[side] if known else plain


def utf16_length(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


_MEASURES: list[tuple[str, str, Any, str]] = [
    ("min_len", "max_len", lambda v: utf16_length(v) if isinstance(v, str) else None, "characters"),
    ("min_bytes", "max_bytes", lambda v: len(v.encode()) if isinstance(v, str) else None, "bytes"),
    ("min_items", "max_items", lambda v: len(v) if isinstance(v, list) else None, "items"),
    ("min", "max", lambda v: v if isinstance(v, int | float) else None, ""),
]

MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "user_id": "invalid user_id specified",
    "file_id": "file_id not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "question": "text must be non-empty",
    "options": "can't parse options JSON object",
}
# Without a message_id these look for message 0 and do not find it.
MISSING_MESSAGE = {
    "setMessageReaction": "message to react not found",
    "pinChatMessage": "message to pin not found",
    "forwardMessage": "message to forward not found",
    "copyMessage": "message to copy not found",
}


def missing(method: str, field: str, is_file: bool) -> str:
    """What Telegram says when a required argument is not there."""
    if is_file:
        return f"there is no {field.replace('_', ' ')} in the request"
    if field == "message_id" and method in MISSING_MESSAGE:
        return MISSING_MESSAGE[method]
    return MISSING.get(field, f'parameter "{field}" is required')
