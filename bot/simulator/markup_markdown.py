"""Telegram's MarkdownV2 and its older Markdown, with its own words for what is wrong."""

from __future__ import annotations

from typing import Any

from bot.simulator.complaints import Wrong
from bot.simulator.links import emoji_or_time, link_entity

RESERVED = set("_*[]()~`>#+-=|{}.!")
NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
}
SPACE = " \t\r\n\0\x0b"


def _oops(text: str) -> Wrong:
    return Wrong(f"can't parse entities: {text}")


class _Reader:
    """What both forms share: the source, what was written so far, and where we are."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.size = len(source)
        self.out: list[str] = []
        self.offset = 0
        self.at = 0
        self.entities: list[dict[str, Any]] = []

    def char(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.source[place] if place < self.size else ""

    def starts(self, text: str) -> bool:
        return self.source.startswith(text, self.at)

    def byte(self, at: int) -> int:
        return len(self.source[:at].encode())

    def take(self) -> None:
        char = self.source[self.at]
        self.out.append(char)
        self.offset += 1 + (char > "\uffff")
        self.at += 1

    def fence_language(self) -> str:
        """After an opening fence: its language, and past one line break."""
        end = self.at
        while end < self.size and self.source[end] not in SPACE and self.source[end] != "`":
            end += 1
        language = ""
        if end > self.at and end < self.size and self.source[end] != "`":
            language = self.source[self.at : end]
            self.at = end
        if self.char() in {"\n", "\r"} and self.char():
            pair = self.char(1) in {"\n", "\r"} and self.char(1) != self.char() and self.char(1)
            self.at += 2 if pair else 1
        return language


class _Open:
    __slots__ = ("begin", "kind", "language", "offset", "start")

    def __init__(self, kind: str, language: str, offset: int, begin: int, start: int) -> None:
        self.kind, self.language, self.offset, self.begin, self.start = kind, language, offset, begin, start


class _MarkdownV2(_Reader):
    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.open: list[_Open] = []
        self.quote: tuple[int, int] | None = None  # (offset, depth of nesting where it began)
        self.line_start = True

    def parse(self) -> tuple[str, list[dict[str, Any]]]:
        while self.at < self.size:
            self.step()
        self.end_quote(expandable=False)
        if self.open:
            last = self.open[-1]
            name = "PreCode" if last.kind == "pre" and last.language else NAMES[last.kind]
            raise _oops(f"Can't find end of {name} entity at byte offset {self.byte(last.begin)}")
        return "".join(self.out), self.entities

    def step(self) -> None:
        char = self.char()
        following = self.char(1)
        inside = self.open[-1].kind if self.open else ""
        if char == "\\" and following and 0 < ord(following) <= 126:
            self.at += 1
            self.take()
            self.line_start = False
            return
        reserved = char == "`" if inside in {"code", "pre"} else char in RESERVED
        if self.line_start and self.quote is not None and char != ">":
            self.end_quote(expandable=False)
        if not reserved:
            self.line_start = char == "\n"
            self.take()
            return
        if char == ">" and self.line_start and inside not in {"code", "pre"}:
            self.at += 1
            self.line_start = False
            if self.quote is None:
                self.quote = (self.offset, len(self.open))
            return
        if self.ends(inside):
            self.close()
        else:
            self.begin_entity(char)

    def ends(self, inside: str) -> bool:
        marks = {
            "bold": "*",
            "code": "`",
            "text_link": "]",
            "strikethrough": "~",
            "custom_emoji": "]",
            "pre": "```",
            "underline": "__",
            "spoiler": "||",
        }
        if inside == "spoiler" and self.quote is not None and self.starts("||") and self._quote_end():
            return True
        if inside == "italic":
            return self.char() == "_" and self.char(1) != "_"
        return inside in marks and self.starts(marks[inside])

    def _quote_end(self) -> bool:
        return self.char(2) in {"", "\n"}

    def begin_entity(self, char: str) -> None:
        begin = self.at
        language = ""
        if char == "|" and self.starts("||") and self.quote is not None and self._quote_end():
            self.at += 2
            self.end_quote(expandable=True)
            return
        if char == "_":
            kind = "underline" if self.starts("__") else "italic"
            self.at += 2 if kind == "underline" else 1
        elif char in "*~[":
            kind = {"*": "bold", "~": "strikethrough", "[": "text_link"}[char]
            self.at += 1
        elif self.starts("||") or self.starts("!["):
            kind = "spoiler" if char == "|" else "custom_emoji"
            self.at += 2
        elif char == "`":
            kind = "pre" if self.starts("```") else "code"
            self.at += 3 if kind == "pre" else 1
            if kind == "pre":
                language = self.fence_language()
        else:
            raise _oops(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
        self.line_start = False
        self.open.append(_Open(kind, language, self.offset, begin, len(self.out)))

    def close(self) -> None:
        tag = self.open.pop()
        entity: dict[str, Any] | None = {"type": tag.kind}
        if tag.kind in {"bold", "italic", "code", "strikethrough"}:
            self.at += 1
        elif tag.kind in {"underline", "spoiler"}:
            self.at += 2
        elif tag.kind == "pre":
            self.at += 3
            if tag.language:
                entity = {"type": "pre", "language": tag.language}
        else:
            entity = self.link(tag)
        if entity is not None and self.offset > tag.offset:
            self.entities.append({**entity, "offset": tag.offset, "length": self.offset - tag.offset})

    def link(self, tag: _Open) -> dict[str, Any] | None:
        self.at += 1
        if self.char() != "(":
            if tag.kind == "custom_emoji":
                raise _oops("Custom emoji entity must contain a tg://emoji URL")
            return link_entity("".join(self.out[tag.start :]))
        self.at += 1
        begin = self.at
        url: list[str] = []
        while self.at < self.size and self.char() != ")":
            if self.char() == "\\" and self.char(1) and 0 < ord(self.char(1)) <= 126:
                self.at += 1
            url.append(self.char())
            self.at += 1
        if self.at >= self.size:
            what = "a custom emoji URL" if tag.kind == "custom_emoji" else "a URL"
            raise _oops(f"Can't find end of {what} at byte offset {self.byte(begin)}")
        self.at += 1
        return emoji_or_time("".join(url)) if tag.kind == "custom_emoji" else link_entity("".join(url))

    def end_quote(self, *, expandable: bool) -> None:
        if self.quote is None:
            return
        offset, depth = self.quote
        if len(self.open) > depth:
            last = self.open[-1]
            raise _oops(f"Can't find end of {NAMES[last.kind]} entity at byte offset {self.byte(last.begin)}")
        if self.offset > offset:
            kind = "expandable_blockquote" if expandable else "blockquote"
            length = self.offset - offset
            if "".join(self.out).endswith("\n") and not expandable and length > 1:
                length -= 1
            self.entities.append({"type": kind, "offset": offset, "length": length})
        self.quote = None


class _Markdown(_Reader):
    """The older form: no nesting."""

    def parse(self) -> tuple[str, list[dict[str, Any]]]:
        while self.at < self.size:
            char = self.char()
            if char == "\\" and self.char(1) and self.char(1) in "_*`[":
                self.at += 1
                self.take()
            elif char not in "_*`[":
                self.take()
            else:
                self.entity(char)
        return "".join(self.out), self.entities

    def entity(self, char: str) -> None:
        begin, language = self.at, ""
        mark = "]" if char == "[" else char
        if self.starts("```"):
            mark = "```"
            self.at += 3
            language = self.fence_language()
        else:
            self.at += 1
        offset, start = self.offset, len(self.out)
        while self.at < self.size and not self.starts(mark):
            self.take()
        if self.at >= self.size:
            raise _oops(f"Can't find end of the entity starting at byte offset {self.byte(begin)}")
        self.at += len(mark)
        made: dict[str, Any] | None
        if char == "[":
            made = link_entity(self.url() if self.char() == "(" else "".join(self.out[start:]))
        elif mark == "```":
            made = {"type": "pre", "language": language} if language else {"type": "pre"}
        else:
            made = {"type": {"_": "italic", "*": "bold", "`": "code"}[char]}
        if made is not None and self.offset > offset:
            self.entities.append({**made, "offset": offset, "length": self.offset - offset})

    def url(self) -> str:
        end = self.source.find(")", self.at)
        end = self.size if end < 0 else end
        url = self.source[self.at + 1 : end]
        self.at = end + 1
        return url


def parse_markdown_v2(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities (offsets in UTF-16 units). Raises Wrong as Telegram words it."""
    return _MarkdownV2(source).parse()


def parse_markdown(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The legacy mode: plain text and entities. Raises Wrong as Telegram words it."""
    return _Markdown(source).parse()
