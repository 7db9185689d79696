"""Telegram's HTML as HTML of a page: a few tags by name, addresses of the web alone, everything else as text. Pure."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from html.parser import HTMLParser

from bot.kit.texts import Html

AS = {
    "b": "b", "strong": "b", "i": "i", "em": "i", "u": "u", "ins": "u", "s": "s", "strike": "s", "del": "s",
    "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-spoiler": "span", "a": "a",
}  # fmt: skip
_COMMAND = re.compile(r"(?<![\w/.;])/[a-z][a-z0-9_]+")
"""Kept together where the words around it run from right to left: else its slash would stand at its end."""
_TAG = re.compile(r"<[^<>]*>")
WEB = re.compile(r"https?://[^\s\"'<>]+|tel:\+?[0-9 ()-]{2,24}", re.IGNORECASE)


class _Safe(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = AS.get(tag)
        if known is None:
            return
        where = next((value or "" for name, value in attrs if name == "href"), "")
        if known == "a":
            if not WEB.fullmatch(where):
                return
            self.out.append(f'<a href="{escape(where)}" rel="noopener noreferrer">')
        else:
            self.out.append(f"<{known}>")
        self.open.append(known)

    def handle_endtag(self, tag: str) -> None:
        known = AS.get(tag)
        if known in self.open:
            while (last := self.open.pop()) != known:
                self.out.append(f"</{last}>")
            self.out.append(f"</{known}>")

    def handle_data(self, data: str) -> None:
        self.out.append(_shown(data, "\n" if "pre" in self.open else "<br>\n"))


def safe(said: str) -> Html:
    """What was rendered for Telegram, for a page."""
    parser = _Safe()
    parser.feed(said)
    parser.close()
    return Html("".join(parser.out) + "".join(f"</{tag}>" for tag in reversed(parser.open)))


def plain(said: str) -> Html:
    """Words without markup, for a page."""
    return Html(_shown(said, "<br>\n"))


def _shown(said: str, end: str) -> str:
    return _COMMAND.sub(r"<bdi>\g<0></bdi>", escape(said)).replace("\n", end)


def direction(said: str) -> str:
    """Which way a message runs: that of most of its letters. A browser takes the first, and 🆘 or a name would turn it."""
    letters = [unicodedata.bidirectional(each) for each in _TAG.sub("", said) if each.isalpha()]
    return "rtl" if 2 * sum(each in ("R", "AL") for each in letters) > len(letters) else "ltr"
