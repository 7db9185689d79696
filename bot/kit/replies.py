"""What goes out, free of any chat platform: values that can be stored as JSON and rendered in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.kit.texts import Text

MediaKind = Literal["photo", "document", "voice", "video", "audio"]


@dataclass(frozen=True)
class Media:
    """A file to show. `ref` is `file:<channel's file id>`, `media:<sha256>` or `content:<path under content/>`.

    `#35,60;12.5,80` behind one of the last two: with numbered marks in these places, in hundredths from the left and the top.
    """

    kind: MediaKind
    ref: str
    name: str | None = None


@dataclass(frozen=True)
class Button:
    """An inline button: exactly one of `data` (at most 64 bytes), `url`, `web_app`."""

    text: Text
    data: str | None = None
    url: str | None = None
    web_app: str | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Quiz:
    """A native quiz: plain texts given as Texts; `right` holds indices; `key` finds it again when a vote comes."""

    question: Text
    options: tuple[Text, ...]
    right: tuple[int, ...]
    explanation: Text | None = None
    key: str = ""


@dataclass(frozen=True)
class Message:
    """One message: a text (the caption, where media is given), buttons, at most ten media, or a native quiz."""

    text: Text | None = None
    buttons: Rows = ()
    media: tuple[Media, ...] = ()
    quiz: Quiz | None = None
    ask: Literal["contact", "location"] | None = None
    """Asks for the person's own contact or place by a reply keyboard."""
    silent: bool = False
    protect: bool = False
    """May not be forwarded or saved (exam questions)."""
    ref: str | None = None
    """Our own name for the sent message, so that it can be edited later: `hazard:12`."""


@dataclass(frozen=True)
class Reply:
    """The answer to one event. All parts are optional.

    `edit` replaces the message whose button was pressed; `toast` is the short answer to a press (at most 200
    characters; `alert` shows it in a window that must be closed).
    """

    messages: tuple[Message, ...] = ()
    edit: Message | None = None
    toast: Text | None = None
    alert: bool = False
    drop_buttons: bool = False
    """Take the buttons off the pressed message and leave its text."""


NOTHING = Reply()


def answer(key: str, /, *, buttons: Rows = (), media: tuple[Media, ...] = (), **params: Any) -> Reply:
    """A reply of one message."""
    return Reply((Message(Text(key, params), buttons, media),))


def toast(key: str, /, *, alert: bool = False, **params: Any) -> Reply:
    """A reply that is only a toast."""
    return Reply(toast=Text(key, params), alert=alert)


def button(key: str, data: str, /, **params: Any) -> Button:
    """A button by its text key and its callback data."""
    return Button(Text(key, params), data=data)


def rows(*buttons: Button, each: int = 2) -> Rows:
    """Buttons laid out at most `each` a row."""
    return tuple(tuple(buttons[i : i + each]) for i in range(0, len(buttons), each))


def here_ref(person: int) -> str:
    """The ref of whatever is answered to a scanned place, by any room: a report without a name forgets all of it."""
    return f"here:{person}"


# --- JSON, versioned, for the outbox -------------------------------------------------------------------------------

VERSION = 1


def _text_to(value: Any) -> Any:
    if isinstance(value, str | int | None):  # first, because nearly all are
        return value
    if isinstance(value, Text):
        return {"$t": value.key, "p": {k: _text_to(v) for k, v in value.params.items()}}
    if isinstance(value, (list, tuple)):
        return [_text_to(v) for v in value]
    if isinstance(value, Mapping):
        return {k: _text_to(v) for k, v in value.items()}
    return value


def _text_from(value: Any) -> Any:
    if isinstance(value, dict):
        if "$t" in value:
            return Text(value["$t"], {k: _text_from(v) for k, v in value["p"].items()})
        return {k: _text_from(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_text_from(v) for v in value]
    return value


def to_json(message: Message) -> dict[str, Any]:
    """A message as JSON, smallest form: absent means default."""
    out: dict[str, Any] = {"v": VERSION}
    if message.text is not None:
        out["text"] = _text_to(message.text)
    if message.buttons:
        out["buttons"] = [
            [_drop({"text": _text_to(b.text), "data": b.data, "url": b.url, "web_app": b.web_app}) for b in row]
            for row in message.buttons
        ]
    if message.media:
        out["media"] = [_drop({"kind": m.kind, "ref": m.ref, "name": m.name}) for m in message.media]
    if message.quiz is not None:
        quiz = message.quiz
        out["quiz"] = _drop(
            {
                "question": _text_to(quiz.question),
                "options": [_text_to(o) for o in quiz.options],
                "right": list(quiz.right),
                "explanation": _text_to(quiz.explanation) if quiz.explanation else None,
                "key": quiz.key,
            }
        )
    for name in ("ask", "silent", "protect", "ref"):
        if getattr(message, name):
            out[name] = getattr(message, name)
    return out


def from_json(data: Mapping[str, Any]) -> Message:
    """The message that `to_json` wrote."""
    quiz = data.get("quiz")
    return Message(
        text=_text_from(data["text"]) if "text" in data else None,
        buttons=tuple(
            tuple(Button(_text_from(b["text"]), b.get("data"), b.get("url"), b.get("web_app")) for b in row)
            for row in data.get("buttons", ())
        ),
        media=tuple(Media(m["kind"], m["ref"], m.get("name")) for m in data.get("media", ())),
        quiz=None
        if quiz is None
        else Quiz(
            _text_from(quiz["question"]),
            tuple(_text_from(o) for o in quiz["options"]),
            tuple(quiz["right"]),
            _text_from(quiz["explanation"]) if quiz.get("explanation") else None,
            quiz.get("key", ""),
        ),
        ask=data.get("ask"),
        silent=bool(data.get("silent", False)),
        protect=bool(data.get("protect", False)),
        ref=data.get("ref"),
    )


def _drop(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if v is not None}


def quietly(message: Message) -> Message:
    """The same message, without ringing."""
    return replace(message, silent=True)
