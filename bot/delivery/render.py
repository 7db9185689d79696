"""A stored message as Bot API calls, in the reader's language. Pure but for reading a file's bytes through `open_file`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from bot.i18n.say import render, say
from bot.kit.replies import Media, Message, Quiz, Rows
from bot.kit.texts import Html, Text

MOST_TEXT, MOST_CAPTION = 4096, 1024
FIELD = {"photo": "photo", "document": "document", "voice": "voice", "video": "video", "audio": "audio"}


@dataclass
class Call:
    """One Bot API call: `files` maps an attachment's name to (file name, bytes); `uploads` says which ref each becomes."""

    method: str
    params: dict[str, Any]
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    uploads: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """For whom it is rendered."""

    lang: str
    zone: str


FileSource = Callable[[str], str | tuple[str, bytes]]
"""Gives for a ref the channel's file id, or a file name and the bytes to upload."""


def call_for(
    method: str, message: Message, chat: int, number: int | None, reader: Reader, source: FileSource
) -> list[Call]:
    """The calls for an outbox row: usually one; a text beside an album or under too long a caption is a second."""
    if method == "delete":
        return [Call("deleteMessage", {"chat_id": chat, "message_id": number})]
    if method == "unbutton":
        return [Call("editMessageReplyMarkup", {"chat_id": chat, "message_id": number})]
    if method == "edit":
        return [_edit(message, chat, number or 0, reader, source)]
    if message.quiz is not None:
        return [_quiz(message, message.quiz, chat, reader)]
    if len(message.media) > 1:
        return _album(message, chat, reader, source)
    if message.media:
        return _single(message, message.media[0], chat, reader, source)
    return [Call("sendMessage", _text(message, reader) | _common(message, chat) | _markup(message, reader))]


def menu_call(commands: Sequence[Sequence[str]], chat: int, reader: Reader) -> Call:
    """The command menu of one chat; without commands, back to the menu that everybody has."""
    scope = {"type": "chat", "chat_id": chat}
    if not commands:
        return Call("deleteMyCommands", {"scope": scope})
    listed = [{"command": name, "description": str(say(key, reader.lang))[:256]} for name, key in commands]
    return Call("setMyCommands", {"commands": listed, "scope": scope})


def menu_button_call(app: str, chat: int, reader: Reader) -> Call:
    """What the button beside the text of one chat opens: a Mini App, or without an address what it opens for everybody."""
    opens: dict[str, Any] = {"type": "default"}
    if app:
        opens = {"type": "web_app", "text": str(say("delivery.b_app", reader.lang)), "web_app": {"url": app}}
    return Call("setChatMenuButton", {"chat_id": chat, "menu_button": opens})


def words(text: Text, reader: Reader) -> tuple[str, bool]:
    """The sentence, and whether it is HTML."""
    said = render(text, reader.lang, reader.zone)
    return str(said), isinstance(said, Html)


def _text(message: Message, reader: Reader, name: str = "text") -> dict[str, Any]:
    if message.text is None:
        return {}
    said, html = words(message.text, reader)
    most = MOST_TEXT if name == "text" else MOST_CAPTION
    if _units(plain(said) if html else said) > most:
        said, html = _cut(plain(said) if html else said, most), False
    out: dict[str, Any] = {name: said, "parse_mode": "HTML"} if html else {name: said}
    if name == "text":
        # a preview would be fetched from outside, and a one-time link would be used up by it
        out["link_preview_options"] = {"is_disabled": True}
    return out


def _common(message: Message, chat: int) -> dict[str, Any]:
    out: dict[str, Any] = {"chat_id": chat}
    if message.silent:
        out["disable_notification"] = True
    if message.protect:
        out["protect_content"] = True
    return out


def _markup(message: Message, reader: Reader) -> dict[str, Any]:
    if message.ask is not None:
        field_name = {"contact": "request_contact", "location": "request_location"}[message.ask]
        label = str(say(f"delivery.ask_{message.ask}", reader.lang))
        keyboard = [[{"text": label, field_name: True}]]
        return {"reply_markup": {"keyboard": keyboard, "resize_keyboard": True, "one_time_keyboard": True}}
    return {"reply_markup": {"inline_keyboard": keys(message.buttons, reader)}} if message.buttons else {}


def keys(buttons: Rows, reader: Reader) -> list[list[dict[str, Any]]]:
    """Inline buttons as the Bot API takes them."""
    return [[_key(b, reader) for b in row] for row in buttons]


def _key(button: Any, reader: Reader) -> dict[str, Any]:
    key: dict[str, Any] = {"text": words(button.text, reader)[0]}
    if button.data is not None:
        key["callback_data"] = button.data
    elif button.url is not None:
        key["url"] = button.url
    else:
        key["web_app"] = {"url": button.web_app}
    return key


def _attach(call: Call, name: str, media: Media, source: FileSource) -> str:
    found = source(media.ref)
    if isinstance(found, str):
        return found
    call.files[name] = (media.name or found[0], found[1])
    call.uploads.append((name, media.ref))
    return f"attach://{name}"


def _single(message: Message, media: Media, chat: int, reader: Reader, source: FileSource) -> list[Call]:
    call = Call(f"send{media.kind.capitalize()}", _common(message, chat))
    call.params[FIELD[media.kind]] = _attach(call, "file0", media, source)
    if message.text is not None and too_long(message.text, reader):
        text = _text(message, reader) | _common(message, chat) | _markup(message, reader)
        return [call, Call("sendMessage", text)]
    call.params |= _text(message, reader, "caption") | _markup(message, reader)
    return [call]


def _album(message: Message, chat: int, reader: Reader, source: FileSource) -> list[Call]:
    call = Call("sendMediaGroup", _common(message, chat))
    call.params["media"] = [
        {"type": m.kind, "media": _attach(call, f"file{i}", m, source)} for i, m in enumerate(message.media[:10])
    ]
    if message.text is None:
        return [call]
    # an album cannot bear buttons, so the text with its buttons follows it
    return [call, Call("sendMessage", _text(message, reader) | _common(message, chat) | _markup(message, reader))]


def _quiz(message: Message, quiz: Quiz, chat: int, reader: Reader) -> Call:
    params: dict[str, Any] = {
        "question": words(quiz.question, reader)[0],
        "options": [{"text": words(o, reader)[0]} for o in quiz.options],
        "type": "quiz",
        "is_anonymous": False,
        "correct_option_ids": list(quiz.right),
    }
    if len(quiz.right) > 1:
        params["allows_multiple_answers"] = True
    if quiz.explanation is not None:
        params["explanation"] = words(quiz.explanation, reader)[0]
    return Call("sendPoll", params | _common(message, chat) | _markup(message, reader))


def _edit(message: Message, chat: int, number: int, reader: Reader, source: FileSource) -> Call:
    markup = {"reply_markup": {"inline_keyboard": keys(message.buttons, reader)}}
    where = {"chat_id": chat, "message_id": number}
    if message.media and message.media[0].ref != "keep":
        call = Call("editMessageMedia", where | markup)
        media = {"type": message.media[0].kind, "media": _attach(call, "file0", message.media[0], source)}
        call.params["media"] = media | _text(message, reader, "caption")
        return call
    if message.media:
        return Call("editMessageCaption", where | _text(message, reader, "caption") | markup)
    return Call("editMessageText", where | _text(message, reader) | markup)


def too_long(text: Text, reader: Reader) -> bool:
    """Whether a text may not be a caption. Counted with its markup, which only errs on the safe side."""
    return _units(words(text, reader)[0]) > MOST_CAPTION


def plain(said: str) -> str:
    """The words of a text with markup."""
    return unescape(re.sub(r"<[^>]*>", "", said))


def _units(said: str) -> int:
    """The length as Telegram counts it."""
    return len(said.encode("utf-16-le")) // 2


def _cut(said: str, most: int) -> str:
    """The beginning of words that are too long: better than not to arrive at all."""
    return said.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", "ignore") + "\N{HORIZONTAL ELLIPSIS}"
