"""Updates made at random: every kind that Telegram has, fields that come and go, words that nobody expects."""

from __future__ import annotations

import random
from typing import Any

from bot import features

ODD = [
    "",
    " ",
    "\u202eabc",
    "a\u0000b",
    "👷🏽‍♀️" * 30,
    "<b>",
    "&amp;",
    "'; --",
    "%s {0}",
    "ﷺ",
    "１２",
    "é" * 4096,
    "-1",
    "9" * 40,
    "\n\n",
]
"""Words that broke something somewhere."""
SOUND = ["hello", "oil on the floor", "A", "b, c", "yes", "12345", "Harbour Works", "/", "@davy", "谢谢", "gracias"]
CONTENT = (
    "text", "command", "start", "photo", "document", "voice", "video", "audio", "sticker", "location", "contact",
    "venue", "dice", "poll", "animation", "video_note", "new_chat_members", "left_chat_member", "pinned_message",
    "migrate_to_chat_id", "story", "unknown",
)  # fmt: skip
KINDS = (
    "message", "message", "message", "message", "callback_query", "callback_query", "callback_query", "edited_message",
    "poll_answer", "my_chat_member", "channel_post", "edited_channel_post", "inline_query", "message_reaction",
    "chat_member", "poll", "chat_join_request", "something_new",
)  # fmt: skip


def invent(rng: random.Random, number: int, people: int) -> dict[str, Any]:
    """An update; its person is one of the first twelve above `people`, or a stranger."""
    kind = rng.choice(KINDS)
    user = _user(rng, people)
    body: Any = {"from": user, "id": str(number), "date": 1_795_000_000 + number % 10_000}
    if kind in ("message", "edited_message", "channel_post", "edited_channel_post"):
        body = _message(rng, number, user, kind)
    elif kind == "callback_query":
        body = _press(rng, number, user)
    elif kind == "poll_answer":
        body = {"poll_id": str(rng.randrange(99)), "option_ids": [rng.randrange(5) for _ in range(rng.randrange(3))]}
        body |= {"user": user} if rng.random() < 0.8 else {"voter_chat": {"id": -100123, "type": "channel"}}
    elif kind in ("my_chat_member", "chat_member"):
        before, after = (rng.choice(("member", "left", "kicked", "administrator", "restricted")) for _ in range(2))
        body |= {
            "chat": _chat(rng, user), "old_chat_member": {"user": user, "status": before},
            "new_chat_member": {"user": user, "status": after},
        }  # fmt: skip
    elif kind == "message_reaction":
        body = {"chat": _chat(rng, user), "message_id": 5, "user": user, "old_reaction": [], "new_reaction": []}
    elif kind == "inline_query":
        body |= {"query": _words(rng), "offset": ""}
    return {"update_id": number, kind: body}


def _user(rng: random.Random, people: int) -> dict[str, Any]:
    known = rng.random() < 0.8
    user: dict[str, Any] = {
        "id": people + rng.randrange(1, 13) if known else rng.randrange(10**9, 2**52),
        "is_bot": rng.random() < 0.02,
        "first_name": _words(rng),
    }
    if rng.random() < 0.7:
        user["language_code"] = rng.choice(("en", "zh-hans", "es", "pt-br", "xx", "", "EN"))
    if rng.random() < 0.3:
        user["username"] = "somebody"
    return user


def _chat(rng: random.Random, user: dict[str, Any]) -> dict[str, Any]:
    if rng.random() < 0.8:
        return {"id": user["id"], "type": "private", "first_name": user["first_name"]}
    kind = rng.choice(("group", "supergroup", "channel"))
    chat: dict[str, Any] = {"id": -rng.randrange(1, 2**51), "type": kind}
    return chat | ({"title": _words(rng)} if rng.random() < 0.9 else {})


def _words(rng: random.Random) -> str:
    return rng.choice(ODD if rng.random() < 0.3 else SOUND)


def _message(rng: random.Random, number: int, user: dict[str, Any], kind: str) -> dict[str, Any]:
    message: dict[str, Any] = {
        "message_id": number % 2**31, "date": 1_795_000_000 + number % 10_000, "chat": _chat(rng, user),
    }  # fmt: skip
    if "channel" not in kind and rng.random() < 0.95:
        message["from"] = user
    if kind.startswith("edited"):
        message["edit_date"] = message["date"] + 5
    if rng.random() < 0.1:
        message["reply_to_message"] = {"message_id": 3, "date": 1, "chat": message["chat"]}
    if rng.random() < 0.1:
        message["forward_origin"] = {"type": "hidden_user", "sender_user_name": "X", "date": 1}
    if rng.random() < 0.1:
        message["media_group_id"] = str(rng.randrange(5))
    return message | _content(rng, rng.choice(CONTENT))


def _content(rng: random.Random, what: str) -> dict[str, Any]:
    file = {"file_id": f"f{rng.randrange(50)}", "file_unique_id": f"u{rng.randrange(50)}"}
    if rng.random() < 0.7:
        file |= {"file_size": rng.choice((0, 1000, 50_000_000)), "mime_type": rng.choice(("image/png", "text/csv", ""))}
    if rng.random() < 0.5:
        file["file_name"] = rng.choice(("questions.xlsx", "a.csv", "", "../../etc/passwd", "没有.docx", "x" * 300))
    sizes = [file | {"width": 90 * n, "height": 60 * n} for n in range(1, rng.randrange(2, 5))]
    body: dict[str, Any] = {
        "text": lambda: {"text": _words(rng)},
        "command": lambda: {"text": f"/{rng.choice(_commands())}{rng.choice(('', '@davy_bot', ' ' + _words(rng)))}"},
        "start": lambda: {"text": f"/start {_words(rng)}"},
        "photo": lambda: {"photo": sizes},
        "location": lambda: {"location": {"latitude": rng.uniform(-90, 90), "longitude": rng.uniform(-180, 180)}},
        "contact": lambda: {"contact": {"phone_number": _words(rng), "first_name": "A", "user_id": rng.randrange(9)}},
        "dice": lambda: {"dice": {"emoji": "🎲", "value": 3}},
        "new_chat_members": lambda: {"new_chat_members": [{"id": 1, "is_bot": False, "first_name": "B"}]},
        "left_chat_member": lambda: {"left_chat_member": {"id": 1, "is_bot": True, "first_name": "B"}},
        "migrate_to_chat_id": lambda: {"migrate_to_chat_id": -(10**12) - rng.randrange(99)},
        "pinned_message": lambda: {
            "pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}
        },
    }.get(what, lambda: {what: dict(file, duration=3, length=3, emoji="x")})()
    if what in ("photo", "document", "video", "voice", "audio") and rng.random() < 0.4:
        body["caption"] = _words(rng)
    return body


def _press(rng: random.Random, number: int, user: dict[str, Any]) -> dict[str, Any]:
    press: dict[str, Any] = {"id": str(number), "from": user, "chat_instance": "1"}
    way = rng.random()
    if way < 0.9:
        press["message"] = {
            "message_id": rng.randrange(1, 50), "chat": _chat(rng, user), "date": rng.choice((0, 1_795_000_000)),
            **({"text": "?"} if rng.random() < 0.7 else _content(rng, "photo")),
        }  # fmt: skip
    else:
        press["inline_message_id"] = "abc"
    if rng.random() < 0.95:
        arguments = [rng.choice(("0", "1", "2", "7", "-3", "x", "", "1.5", "9" * 25, "２", "a b")) for _ in range(3)]
        verb = rng.choice(_verbs()) if rng.random() < 0.95 else _words(rng)
        press["data"] = ":".join([verb, *arguments[: rng.randrange(4)]])
    else:
        press["game_short_name"] = "g"
    return press


def _routes(selector: str) -> list[str]:
    found = {getattr(route, selector) for room in features.rooms() for route in room.routes}
    return sorted(each for each in found if each)


def _verbs() -> list[str]:
    return _routes("verb")


def _commands() -> list[str]:
    return [*_routes("command"), "nothing"]
