"""Formatted text as Telegram stores it: plain text and entities in UTF-16 units, cleaned, trimmed, with links found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from bot.simulator.complaints import Wrong, utf16_length
from bot.simulator.links import number_below, split_url
from bot.simulator.markup_html import parse_html
from bot.simulator.markup_markdown import parse_markdown, parse_markdown_v2

Entity = dict[str, Any]


class Text(NamedTuple):
    """Plain text and its entities (Bot API dicts, sorted as Telegram sorts them)."""

    text: str
    entities: list[Entity]


PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}
FOUND_TYPES = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
NEEDS = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id", "date_time": "unix_time"}
ORDER = [
    "expandable_blockquote",
    "blockquote",
    "pre",
    "code",
    "text_link",
    "text_mention",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "custom_emoji",
    "date_time",
]
GIVEN_TYPES = frozenset(ORDER)
RANK = {kind: rank for rank, kind in enumerate(ORDER)}
MAX_ENTITIES = 100


def read_text(value: str, mode: str | None, given: list[Entity] | None) -> Text:
    """Parse, clean, trim, find links. Raises Wrong in Telegram's words."""
    entities: list[Entity] = []
    text = value
    if mode:
        parser = PARSERS.get(mode.lower())
        if parser is None:
            raise Wrong("unsupported parse_mode")
        text, entities = parser(value)
    elif given:
        entities = _given(value, given)
    return fix(text, entities)


def fix(text: str, entities: list[Entity]) -> Text:
    """What Telegram does to every text: drop control characters, trim, sort entities, find mentions and links."""
    text, entities = _clean(text, entities)
    text, entities = _trimmed(text, entities)
    if not text:
        return Text("", [])
    if _MAY_HOLD.search(text):
        entities = _with_found(text, entities)
    entities.sort(key=lambda e: (e["offset"], -e["length"], RANK.get(e["type"], 99)))
    return Text(text, entities[:MAX_ENTITIES])


def _clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    if not _CONTROL.search(text):
        return text, entities
    dropped = [utf16_length(text[: m.start()]) for m in _CONTROL.finditer(text) if m.group() == "\r"]
    if dropped:
        for entity in entities:
            end = entity["offset"] + entity["length"]
            start = entity["offset"] - sum(d < entity["offset"] for d in dropped)
            entity["length"] = end - sum(d < end for d in dropped) - start
            entity["offset"] = start
    return _CONTROL.sub(lambda m: "" if m.group() == "\r" else " ", text), entities


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    stripped = text.strip()
    if stripped == text:
        return text, [e for e in entities if e["length"] > 0]
    lead = utf16_length(text[: len(text) - len(text.lstrip())])
    size = utf16_length(stripped)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] + entity["length"] - lead, size)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return stripped, kept


def _given(text: str, given: Iterable[Entity]) -> list[Entity]:
    """Entities that the bot listed itself, checked as Telegram checks them."""
    size = utf16_length(text)
    out: list[Entity] = []
    for entity in given:
        kind = entity["type"]
        if kind not in GIVEN_TYPES and kind not in FOUND_TYPES:
            raise Wrong("can't parse MessageEntity: Unsupported type specified")
        if kind in NEEDS and NEEDS[kind] not in entity:
            raise Wrong(f"can't parse MessageEntity: Can't find field \"{NEEDS[kind]}\"")
        if kind == "custom_emoji" and not valid_emoji_id(entity["custom_emoji_id"]):
            raise Wrong('can\'t parse MessageEntity: Field "custom_emoji_id" must be a valid Number')
        offset, length = entity["offset"], entity["length"]
        if offset < 0:
            raise Wrong(f"receive an entity with incorrect offset {offset}")
        if length < 0:
            raise Wrong(f"receive an entity with incorrect length {length}")
        if offset > size:
            raise Wrong(f"entity begins after the end of the text at UTF-16 offset {offset}")
        if offset + length > size:
            raise Wrong(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset "
                f"{offset + length}"
            )
        if kind == "text_link":
            check_url(entity["url"], "entity URL")
        if kind in GIVEN_TYPES:  # the others Telegram finds for itself
            out.append(dict(entity))
    return out


def valid_emoji_id(value: str) -> bool:
    """A custom emoji id is a 64-bit number."""
    return bool(number_below(value, 2**63))


def check_url(url: str, what: str, *, only_https: bool = False) -> str:
    """Hold a link to Telegram's rules; `what` opens the complaint ("entity URL", "inline keyboard button URL").

    Mini Apps need https in Telegram; plain http is let through for loopback hosts alone, so that a demo can run here.
    """
    parts = split_url(url if "://" in url or url.startswith("tg:") else f"http://{url}")
    if parts is None:
        raise Wrong(f"{what} '{url}' is invalid: Wrong HTTP URL")
    loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if only_https and not (url.startswith("https://") or (loopback and url.startswith("http://"))):
        raise Wrong(f"{what} '{url}' is invalid: Only HTTPS links are allowed")
    if parts.scheme not in {"http", "https", "tg", "ton"}:
        raise Wrong(f"{what} '{url}' is invalid: Unsupported URL protocol")
    if parts.scheme in {"tg", "ton"}:
        return url
    if not parts.hostname:
        raise Wrong(f"{what} '{url}' is invalid: URL host is empty")
    if not loopback and ("." not in parts.hostname or " " in parts.netloc):
        raise Wrong(f"{what} '{url}' is invalid: Wrong HTTP URL")
    return url


def _with_found(text: str, entities: list[Entity]) -> list[Entity]:
    """Add the entities that Telegram finds by itself, outside of code and links."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in _CLOSED]
    for kind, pattern in _FINDERS:
        for match in pattern.finditer(text):
            word = match.group("word")
            start = utf16_length(text[: match.start("word")])
            end = start + utf16_length(word)
            if any(start < b and a < end for a, b in taken):
                continue
            taken.append((start, end))
            entities.append({"type": kind, "offset": start, "length": end - start})
    return entities


_CLOSED = {"code", "pre", "text_link", "text_mention", "custom_emoji"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_MAY_HOLD = re.compile(r"[@#/$.]|\+\d")
_DOMAIN = r"(?:[A-Za-z0-9\u0400-\u04ff](?:[A-Za-z0-9\u0400-\u04ff-]*[A-Za-z0-9\u0400-\u04ff])?\.)+"
_TLD = r"(?:com|org|net|edu|gov|int|info|io|me|dev|app|ru|cn|de|fr|es|uk|eu|us|ai|co|tv|biz|example|test)"
_FINDERS = [
    ("url", re.compile(r"(?<![\w@])(?P<word>(?:https?|ftp|tg|ton)://[^\s<>\"]*[^\s<>\".,;:!?)'\]])", re.I)),
    ("email", re.compile(r"(?<![\w.@-])(?P<word>[\w.+-]{1,64}@" + _DOMAIN + r"[A-Za-z]{2,})(?![\w-])")),
    (
        "url",
        re.compile(
            r"(?<![\w@./-])(?P<word>" + _DOMAIN + _TLD + r"(?:/[^\s<>\"]*[^\s<>\".,;:!?)'\]])?)(?![\w@.-]\w)", re.I
        ),
    ),
    ("mention", re.compile(r"(?<!\w)(?P<word>@[A-Za-z]\w{3,31})(?!\w)", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w/#])(?P<word>#(?=\w*[^\W\d_])\w{1,256})")),
    ("cashtag", re.compile(r"(?<!\w)(?P<word>\$[A-Z]{3,8})(?!\w)")),
    (
        "bot_command",
        re.compile(r"(?<![\w/<>])(?P<word>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?)(?![\w/<>])", re.ASCII),
    ),
    ("phone_number", re.compile(r"(?<!\w)(?P<word>\+\d[\d ()-]{8,18}\d)(?!\w)")),
]
