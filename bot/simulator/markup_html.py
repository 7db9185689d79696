"""Telegram's HTML: the tags it knows, its character references, and its own words for what is wrong."""

from __future__ import annotations

import re
from typing import Any

from bot.simulator.complaints import Wrong
from bot.simulator.links import date_time_entity, link_entity, number_below

SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = {*SIMPLE, "a", "code", "pre", "blockquote", "tg-emoji", "tg-time"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
SPACE = " \t\r\n\0\x0b"
_ATTRIBUTE_END = {*SPACE, "=", ">", "/", '"', "'"}
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]{1,8})|(\d{1,10}))|([a-z]+));?")


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities (offsets in UTF-16 units). Raises Wrong as Telegram words it."""
    if "<" not in source and "&" not in source:
        return source, []
    return _Html(source).parse()


def _oops(text: str) -> Wrong:
    return Wrong(f"can't parse entities: {text}")


class _Open:
    """A tag that waits for its end."""

    __slots__ = ("argument", "extra", "name", "offset", "start")

    def __init__(self, name: str, offset: int, start: int) -> None:
        self.name, self.offset, self.start = name, offset, start
        self.argument = ""
        self.extra = ""


class _Html:
    def __init__(self, source: str) -> None:
        self.source = source
        self.size = len(source)
        self.out: list[str] = []
        self.length = 0  # characters of out
        self.offset = 0  # UTF-16 units of out
        self.open: list[_Open] = []
        self.entities: list[dict[str, Any]] = []

    def byte(self, at: int) -> int:
        return len(self.source[:at].encode())

    def char(self, at: int) -> str:
        return self.source[at] if at < self.size else ""

    def add(self, text: str) -> None:
        self.out.append(text)
        self.length += len(text)
        self.offset += len(text) + sum(c > "\uffff" for c in text)

    def parse(self) -> tuple[str, list[dict[str, Any]]]:
        at = 0
        while at < self.size:
            char = self.source[at]
            if char == "&":
                text, at = self.reference(at)
                self.add(text)
            elif char == "<":
                at = self.end_tag(at) if self.char(at + 1) == "/" else self.start_tag(at)
            else:
                stop = min(
                    (p for p in (self.source.find("<", at), self.source.find("&", at)) if p >= 0), default=self.size
                )
                self.add(self.source[at:stop])
                at = stop
        if self.open:
            raise _oops(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        for entity in self.entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        return "".join(self.out), self.entities

    def reference(self, at: int) -> tuple[str, int]:
        """The character a reference stands for, or the ampersand itself when it is none."""
        match = _REFERENCE.match(self.source, at)
        if match is None:
            return "&", at + 1
        hexadecimal, decimal, name = match.groups()
        if name:
            char = NAMED.get(name)
            return (char, match.end()) if char else ("&", at + 1)
        code = int(hexadecimal, 16) if hexadecimal else int(decimal)
        if code == 0 or code >= 0x10FFFF or 0xD800 <= code < 0xE000:
            return "&", at + 1
        return chr(code), match.end()

    def start_tag(self, begin: int) -> int:
        at = begin + 1
        while at < self.size and self.source[at] not in SPACE and self.source[at] != ">":
            at += 1
        if at >= self.size:
            raise _oops(f"Unclosed start tag at byte offset {self.byte(begin)}")
        name = self.source[begin + 1 : at].lower()
        if name not in TAGS:
            raise _oops(f'Unsupported start tag "{name}" at byte offset {self.byte(begin)}')
        tag = _Open(name, self.offset, self.length)
        while True:
            while self.char(at) in SPACE and at < self.size:
                at += 1
            if self.char(at) == ">":
                break
            at = self.attribute(tag, at, begin)
        if name == "span" and tag.argument != "spoiler":
            raise _oops(f'Tag "span" must have class "tg-spoiler" at byte offset {self.byte(begin)}')
        self.open.append(tag)
        return at + 1

    def attribute(self, tag: _Open, at: int, begin: int) -> int:
        start = at
        while at < self.size and self.source[at] not in _ATTRIBUTE_END:
            at += 1
        name = self.source[start:at]
        if not name:
            raise _oops(f'Empty attribute name in the tag "{tag.name}" at byte offset {self.byte(begin)}')
        while at < self.size and self.source[at] in SPACE:
            at += 1
        if self.char(at) != "=":
            if at >= self.size:
                raise _oops(f'Unclosed start tag "{tag.name}" at byte offset {self.byte(begin)}')
            if tag.name == "blockquote" and name == "expandable":
                tag.argument = "1"
                return at
            raise _oops(
                f'Expected equal sign in declaration of an attribute of the tag "{tag.name}" at byte offset '
                f"{self.byte(begin)}"
            )
        at += 1
        while at < self.size and self.source[at] in SPACE:
            at += 1
        if at >= self.size:
            raise _oops(f'Unclosed start tag "{tag.name}" at byte offset {self.byte(begin)}')
        value, at = self.attribute_value(at)
        if at >= self.size:
            raise _oops(f"Unclosed start tag at byte offset {self.byte(begin)}")
        self.keep(tag, name, value)
        return at

    def attribute_value(self, at: int) -> tuple[str, int]:
        quote = self.source[at]
        if quote not in "'\"":
            start = at
            while at < self.size and (
                (self.source[at].isascii() and self.source[at].isalnum()) or self.source[at] in ".-"
            ):
                at += 1
            if self.char(at) not in SPACE and self.char(at) != ">":
                raise _oops(f"Unexpected end of name token at byte offset {self.byte(start)}")
            return self.source[start:at].lower(), at
        at += 1
        value: list[str] = []
        while at < self.size and self.source[at] != quote:
            if self.source[at] == "&":
                text, at = self.reference(at)
                value.append(text)
            else:
                value.append(self.source[at])
                at += 1
        return "".join(value), at + 1

    @staticmethod
    def keep(tag: _Open, name: str, value: str) -> None:
        if (tag.name, name) in {("a", "href"), ("tg-emoji", "emoji-id"), ("tg-time", "unix")}:
            tag.argument = value
        elif tag.name == "tg-time" and name == "format":
            tag.extra = value
        elif tag.name == "code" and name == "class" and value.startswith("language-"):
            tag.argument = value[9:]
        elif tag.name == "span" and name == "class" and value.startswith("tg-"):
            tag.argument = value[3:]
        elif tag.name == "blockquote" and name == "expandable":
            tag.argument = "1"

    def end_tag(self, begin: int) -> int:
        if not self.open:
            raise _oops(f"Unexpected end tag at byte offset {self.byte(begin)}")
        at = begin + 2
        while at < self.size and self.source[at] not in SPACE and self.source[at] != ">":
            at += 1
        name = self.source[begin + 2 : at]
        while at < self.size and self.source[at] in SPACE:
            at += 1
        if self.char(at) != ">":
            raise _oops(f"Unclosed end tag at byte offset {self.byte(begin)}")
        tag = self.open.pop()
        if name and name.lower() != tag.name:
            raise _oops(
                f'Unmatched end tag at byte offset {self.byte(begin)}, expected "</{tag.name}>", found "</{name}>"'
            )
        if self.offset > tag.offset:
            self.close(tag)
        return at + 1

    def close(self, tag: _Open) -> None:
        span = {"offset": tag.offset, "length": self.offset - tag.offset}
        last = self.entities[-1] if self.entities else {}
        same = last.get("offset") == span["offset"] and last.get("length") == span["length"]
        if tag.name in SIMPLE:
            self.entities.append({"type": SIMPLE[tag.name], **span})
        elif tag.name == "blockquote":
            self.entities.append({"type": "expandable_blockquote" if tag.argument else "blockquote", **span})
        elif tag.name == "a":
            link = link_entity(tag.argument or "".join(self.out)[tag.start :])
            if link is not None:
                self.entities.append({**link, **span})
        elif tag.name == "tg-emoji":
            if not number_below(tag.argument, 2**63):
                raise _oops("Invalid custom emoji identifier specified")
            self.entities.append({"type": "custom_emoji", **span, "custom_emoji_id": tag.argument})
        elif tag.name == "tg-time":
            self.entities.append({**date_time_entity(tag.argument, tag.extra), **span})
        elif tag.name == "pre":
            if same and last["type"] == "code" and last.get("language"):
                last["type"] = "pre"
            else:
                self.entities.append({"type": "pre", **span})
        elif same and last["type"] == "pre" and tag.argument:
            last["language"] = tag.argument
        else:
            extra = {"language": tag.argument} if tag.argument else {}
            self.entities.append({"type": "code", **span, **extra})
