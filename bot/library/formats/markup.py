"""Text that another program wrote as HTML or Markdown, as the plain text that a chat shows; what is lost is counted. Pure.

Nothing here runs or fetches anything: tags are dropped, breaks and lists stay as lines, raised and lowered figures stay
what they mean (m² and not m2). Pictures, films, links and struck-out words have no place in a plain text and are counted.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

HTML, MARKDOWN, PLAIN, MOODLE = "html", "markdown", "plain", "moodle"
FORMATS = {
    "html": HTML,
    "markdown": MARKDOWN,
    "plain": PLAIN,
    "plain_text": PLAIN,
    "moodle": MOODLE,
    "moodle_auto_format": MOODLE,
}
"""The names that Moodle gives to the formats of its texts."""

MOST = 20_000
"""Longer texts are far beyond every limit: their tags are cut out without a look at what they mean."""
_BLOCKS = frozenset({
    "p", "div", "br", "li", "tr", "table", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "pre", "hr", "section", "article", "header", "footer",
})  # fmt: skip
_INLINE = frozenset({
    "b", "strong", "i", "em", "u", "span", "font", "small", "big", "a", "sub", "sup", "code", "kbd", "samp", "var",
    "cite", "q", "abbr", "mark", "tt", "td", "th", "thead", "tbody", "tfoot", "caption", "colgroup", "col", "label",
    "center", "nobr", "wbr", "bdi", "bdo", "ruby", "rt", "rp", "time", "ins", "del", "s", "strike", "style", "script",
    "head", "html", "body", "title", "meta", "link", "img", "video", "audio", "iframe", "object", "embed", "svg",
    "canvas", "source", "track", "math", "form", "input", "button", "select", "textarea",
})  # fmt: skip
_SILENT = frozenset({"script", "style", "head", "title"})
_PICTURES = frozenset({"img", "video", "audio", "iframe", "object", "embed", "svg", "canvas", "math", "input"})
_STRUCK = frozenset({"s", "strike", "del"})
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_MARKDOWN = (
    (re.compile(r"(?m)^[ ]{0,3}#{1,6}[ ]+"), ""),
    (re.compile(r"\*\*(?=\S)([^*\n]{1,400})(?<=\S)\*\*"), r"\1"),
    (re.compile(r"(?<!\w)__(?=\S)([^_\n]{1,400})(?<=\S)__(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,400})(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]{1,400})(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"`([^`\n]{1,400})`"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!])"), r"\1"),
)
_MD_PICTURE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,500}\)")
_MD_LINK = re.compile(r"\[([^\]\n]{1,300})\]\([^)\n]{0,500}\)")


@dataclass(slots=True)
class Plainly:
    """A plain text, and what of the written one it lacks: counts by `picture`, `link`, `del`."""

    text: str
    lost: Counter[str] = field(default_factory=Counter)


def plainly(written: str, format: str) -> Plainly:
    """A text in one of FORMATS' values as plain text."""
    if format == PLAIN:
        return Plainly(written.strip())
    lost: Counter[str] = Counter()
    if len(written) > MOST:
        return Plainly(_TAG.sub("", written).strip(), lost)
    if format == MARKDOWN:
        written = _without_markdown(written, lost)
    if "<" not in written and "&" not in written:
        return Plainly(_tidy(written, joined=format == HTML), lost)
    parser = _Text(strict=format == HTML, lost=lost)
    parser.feed(written)
    parser.close()
    return Plainly(_tidy("".join(parser.parts)), lost)


def _without_markdown(written: str, lost: Counter[str]) -> str:
    written, pictures = _MD_PICTURE.subn("", written)
    written, links = _MD_LINK.subn(r"\1", written)
    lost.update(picture=pictures, link=links)
    for pattern, instead in _MARKDOWN:
        written = pattern.sub(instead, written)
    return written


def _tidy(text: str, joined: bool = False) -> str:
    text = text.replace("\u00a0", " ")
    if joined:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


class _Text(HTMLParser):
    """Collects the text of HTML; where `strict` is off, breaks of lines count and unknown tags are text."""

    def __init__(self, strict: bool, lost: Counter[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.strict, self.lost = strict, lost
        self.parts: list[str] = []
        self.silent = 0
        self.shift: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A line for a block, a mark for what is lost."""
        if tag not in _BLOCKS and tag not in _INLINE and not self.strict:
            self.parts.append(self.get_starttag_text() or "")
        elif tag in _BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in _SILENT:
            self.silent += 1
        elif tag in ("sub", "sup"):
            self.shift.append(tag)
        elif tag in _PICTURES:
            self.lost["picture"] += 1
        elif tag == "a" and any(name == "href" for name, _ in attrs):
            self.lost["link"] += 1
        elif tag in _STRUCK:
            self.lost["del"] += 1

    def handle_endtag(self, tag: str) -> None:
        """The end of a line, or of what is not shown."""
        if tag in _BLOCKS and tag != "br":
            self.parts.append("\n")
        elif tag in _SILENT:
            self.silent = max(self.silent - 1, 0)
        elif self.shift and tag == self.shift[-1]:
            self.shift.pop()
        elif tag not in _BLOCKS and tag not in _INLINE and not self.strict:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Words; raised and lowered ones in signs that say so."""
        if self.silent:
            return
        if self.strict:
            data = re.sub(r"\s+", " ", data)
        if self.shift and data.strip():
            raised = self.shift[-1] == "sup"
            signs = data.strip().translate(_RAISED if raised else _LOWERED)
            plain = any(each.isascii() for each in signs)
            data = f"{'^' if raised else '_'}({data.strip()})" if plain else signs
        self.parts.append(data)
