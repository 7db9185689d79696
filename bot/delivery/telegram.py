"""The one adapter to Telegram: updates become events, messages become calls. Pure; fields are read from the raw JSON,

because building the library's objects costs more than the whole of our own work (docs/reference/performance.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.kit.digits import UNSEEN
from bot.kit.events import (
    AnyEvent,
    Blocked,
    Contacted,
    Edited,
    FileRef,
    Joined,
    Left,
    Located,
    Migrated,
    Pressed,
    Said,
    Sent,
    Unread,
    Voted,
)

ALLOWED = ["message", "edited_message", "callback_query", "poll_answer", "my_chat_member"]
"""The kinds of update that we ask for."""


def read(update: Mapping[str, Any], now: datetime) -> AnyEvent | Unread:
    """An update as an event. Unknown kinds are Unread; a malformed one raises KeyError or TypeError, and is parked."""
    number = int(update["update_id"])
    if "callback_query" in update:
        return _press(number, update["callback_query"], now)
    if "message" in update:
        return _message(number, update["message"])
    if "poll_answer" in update:
        return _vote(number, update["poll_answer"], now)
    if "edited_message" in update:
        message = update["edited_message"]
        if "from" not in message:
            return Unread(number, "no sender")
        return Edited(text=message.get("text") or message.get("caption") or "", **_common(number, message))
    if "my_chat_member" in update:
        return _membership(number, update["my_chat_member"])
    return Unread(number)


def user_of(update: Mapping[str, Any]) -> int | None:
    """Whose update it is, as far as can be told from any shape of it; never raises."""
    for body in update.values():
        if isinstance(body, Mapping):
            user = body.get("from") or body.get("user")
            if isinstance(user, Mapping) and isinstance(user.get("id"), int):
                return int(user["id"])
    return None


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _common(number: int, message: Mapping[str, Any]) -> dict[str, Any]:
    user, chat = message["from"], message["chat"]
    return {
        "update_id": number,
        "at": _at(message.get("edit_date") or message["date"]),
        "user": int(user["id"]),
        "chat": int(chat["id"]),
        "private": chat["type"] == "private",
        "lang": user.get("language_code"),
        "name": str(user.get("first_name") or ""),
        "message": int(message["message_id"]),
    }


def _message(number: int, message: Mapping[str, Any]) -> AnyEvent | Unread:
    if "migrate_to_chat_id" in message:
        chat = int(message["chat"]["id"])
        return Migrated(
            update_id=number,
            at=_at(message["date"]),
            user=0,
            chat=chat,
            private=False,
            to_chat=int(message["migrate_to_chat_id"]),
        )
    if "from" not in message or message["from"].get("is_bot"):
        return Unread(number, "no sender")
    common = _common(number, message)
    reply_to = (message.get("reply_to_message") or {}).get("message_id")
    if "text" in message:
        # what was copied out of a message of ours brings its unseen marks along: a copied "/training" is a command
        words = message["text"].strip(UNSEEN) or message["text"]
        command, args = command_of(words)
        return Said(text=words, command=command, args=args, reply_to=reply_to, **common)
    file = _file(message)
    if file is not None:
        return Sent(
            file=file,
            caption=message.get("caption") or "",
            album=message.get("media_group_id"),
            reply_to=reply_to,
            **common,
        )
    if "location" in message:
        place = message["location"]
        return Located(latitude=float(place["latitude"]), longitude=float(place["longitude"]), **common)
    if "contact" in message:
        card = message["contact"]
        return Contacted(phone=str(card["phone_number"]), own=card.get("user_id") == common["user"], **common)
    return Unread(number, "unknown content")


def command_of(text: str) -> tuple[str | None, str]:
    """`/command rest` split: the command without slash and bot, and the rest."""
    if not text.startswith("/") or len(text) < 2:
        return None, ""
    head, _, rest = text.partition(" ")
    name = head[1:].split("@", 1)[0].split("\n", 1)[0].lower()
    return (name, rest.strip()) if name.replace("_", "").isalnum() else (None, "")


def _file(message: Mapping[str, Any]) -> FileRef | None:
    if message.get("photo"):
        best = max(message["photo"], key=lambda size: size.get("width", 0) * size.get("height", 0))
        return FileRef("photo", best["file_id"], best["file_unique_id"], best.get("file_size"), mime="image/jpeg")
    for kind in ("document", "voice", "audio", "video"):
        if kind in message:
            body = message[kind]
            return FileRef(
                kind, body["file_id"], body["file_unique_id"], body.get("file_size"), body.get("file_name"),
                body.get("mime_type"), body.get("duration"),
            )  # fmt: skip
    return None


def _press(number: int, query: Mapping[str, Any], now: datetime) -> AnyEvent | Unread:
    message = query.get("message")
    if message is None or "data" not in query:
        return Unread(number, "a press without message or data")
    user = query["from"]
    return Pressed(
        update_id=number,
        at=now,
        user=int(user["id"]),
        chat=int(message["chat"]["id"]),
        private=message["chat"]["type"] == "private",
        lang=user.get("language_code"),
        name=str(user.get("first_name") or ""),
        message=int(message["message_id"]),
        data=str(query["data"]),
        callback=str(query["id"]),
        captioned=any(kind in message for kind in ("photo", "document", "video", "audio", "voice")),
    )


def _vote(number: int, answer: Mapping[str, Any], now: datetime) -> AnyEvent | Unread:
    user = answer.get("user")
    if user is None:
        return Unread(number, "an anonymous vote")
    return Voted(
        update_id=number,
        at=now,
        user=int(user["id"]),
        chat=int(user["id"]),
        lang=user.get("language_code"),
        name=str(user.get("first_name") or ""),
        poll=str(answer["poll_id"]),
        options=tuple(int(i) for i in answer["option_ids"]),
    )


def _membership(number: int, change: Mapping[str, Any]) -> AnyEvent | Unread:
    chat, user, status = change["chat"], change["from"], change["new_chat_member"]["status"]
    common = {
        "update_id": number,
        "at": _at(change["date"]),
        "user": int(user["id"]),
        "chat": int(chat["id"]),
        "private": chat["type"] == "private",
        "lang": user.get("language_code"),
        "name": str(user.get("first_name") or ""),
    }
    gone = status in ("kicked", "left")
    if chat["type"] == "private":
        return Blocked(blocked=gone, **common)
    return Left(**common) if gone else Joined(title=str(chat.get("title") or ""), **common)
