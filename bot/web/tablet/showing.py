"""Messages as they stand in a page: the same values and templates as in Telegram, rendered when they are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery.browser import inbox, sealed
from bot.delivery.drawings import Drawings
from bot.delivery.render import Reader, words
from bot.kit.replies import Button, Media, Message, Quiz, from_json
from bot.kit.texts import Html, Text, text
from bot.media import store as media
from bot.web.tablet import markup

MOST = 30
SOUNDS, FILMS = frozenset({"voice", "audio"}), frozenset({"video"})


@dataclass(frozen=True)
class Standing:
    """A message of somebody's page. `touch` is 0 where it lies under seal."""

    number: int
    version: int
    touch: int
    payload: Mapping[str, Any]
    voted: tuple[int, ...] | None = None

    @property
    def message(self) -> Message:
        return from_json(self.payload)


def standing(session: Session, person: int, chat: int) -> list[Standing]:
    """All that stands in somebody's page, the newest at the end; what lies under seal before the rest."""
    hidden = [_sealed(number, each) for number, each in sealed.messages(session, sealed.box_of(person))]
    return hidden + [_plain(row) for row in inbox.messages(session, chat, MOST)]


def one(session: Session, person: int, chat: int, number: int) -> Standing | None:
    """One message of somebody's page."""
    if number >= sealed.LEAST:
        found = sealed.message(session, sealed.box_of(person), number)
        return _sealed(number, found) if found is not None else None
    row = inbox.message(session, chat, number)
    return _plain(row) if row is not None else None


def _plain(row: Any) -> Standing:
    voted = tuple(row.voted) if row.voted is not None else None
    return Standing(row.id, row.version, row.touch, row.payload, voted)


def _sealed(number: int, found: Mapping[str, Any]) -> Standing:
    return Standing(number, found["n"], 0, found["payload"])


def shown(found: Standing, reader: Reader, drawings: Drawings, connection: Any) -> dict[str, Any]:
    """A message as values for the page."""
    message = drawings.resolved(found.message, reader.lang, connection, patient=False) or found.message
    told = said(message.text, reader) if message.text is not None else Html("")
    return {
        "number": found.number,
        "version": found.version,
        "said": told,
        "dir": markup.direction(told),
        "files": [_file(found, nth, each) for nth, each in enumerate(message.media)],
        "rows": [
            [_key(key, f"{row}-{column}", reader) for column, key in enumerate(keys)]
            for row, keys in enumerate(message.buttons)
        ],
        "quiz": _quiz(found, message.quiz, reader) if message.quiz is not None else None,
        "sealed": not found.touch,
    }


def _key(key: Button, at: str, reader: Reader) -> dict[str, Any]:
    label = words(key.text, reader)[0]
    return {"label": label, "dir": markup.direction(label), "at": at, "url": _web(key.url or key.web_app)}


def said(text_: Text, reader: Reader) -> Html:
    """A sentence for a page."""
    rendered, html = words(text_, reader)
    return markup.safe(rendered) if html else markup.plain(rendered)


def toast(kept: Mapping[str, Any] | None, reader: Reader) -> str:
    """What the last press answered."""
    message = from_json(kept) if kept else None
    return words(message.text, reader)[0] if message is not None and message.text is not None else ""


def is_trouble(kept: Mapping[str, Any] | None) -> bool:
    """Whether the page itself says so, because it could not do what was asked."""
    message = from_json(kept) if kept else None
    key = message.text.key if message is not None and message.text is not None else ""
    return key in ("delivery.stale", "delivery.not_by_pin") or key.startswith("web.tablet.")


def kept_ref(each: Media) -> str | None:
    """The ref of a file that lies with us; None for one that is with Telegram alone."""
    ref = each.ref.removeprefix("file:") if each.ref.startswith(f"file:{media.PREFIX}") else each.ref
    return ref if ref.startswith((media.PREFIX, "content:")) else None


def _file(found: Standing, nth: int, each: Media) -> dict[str, Any]:
    ref = kept_ref(each)
    kind = "film" if each.kind in FILMS else "sound" if each.kind in SOUNDS else each.kind
    name = each.name or (PurePosixPath(ref.partition("#")[0]).name if ref and ref.startswith("content:") else "")
    where = f"/tablet/file/{found.number}/{nth}?v={found.version}" if ref else ""
    return {"kind": kind, "src": where, "name": name}


def _web(address: str | None) -> str | None:
    return address if address and markup.WEB.fullmatch(address) else None


def _quiz(found: Standing, quiz: Quiz, reader: Reader) -> dict[str, Any]:
    chosen = found.voted
    options = [
        {
            "nth": nth,
            "label": words(option, reader)[0],
            "right": chosen is not None and nth in quiz.right,
            "chosen": chosen is not None and nth in chosen,
        }
        for nth, option in enumerate(quiz.options)
    ]
    why = words(quiz.explanation, reader)[0] if quiz.explanation is not None and chosen is not None else ""
    right = chosen is not None and set(chosen) == set(quiz.right)
    question = words(quiz.question, reader)[0]
    many = len(quiz.right) > 1
    return {
        "question": question,
        "options": options,
        "many": many,
        "over": chosen is not None,
        "right": right,
        "why": why,
    }


def file_trouble(code: str) -> Text:
    """Why a file was not taken."""
    return text("web.tablet.bad_file", why="too_big" if code == "too_big" else "broken")
