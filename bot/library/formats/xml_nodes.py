"""XML as small trees that know their lines, one finished child of the root at a time; nothing in it is looked up or multiplied.

defusedxml refuses what can hurt and forgets where things stand; so its refusals (no document type, hence no entities) are
kept here on the parser below it, which knows. The text is decoded before: a declared encoding is not believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from bot.library.model import Place

MAX_DEPTH = 40
_DECLARED = re.compile(r"^(\s*<\?xml[^>]{0,200}?)\s+encoding\s*=\s*(\"[^\"]{0,60}\"|'[^']{0,60}')")


class BadXml(Exception):
    """The text cannot be read; `code`, `place` and `params` are those of the problem to note."""

    def __init__(self, code: str, place: Place, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.place, self.params = code, place, params


@dataclass(slots=True)
class Element:
    """An element with its attributes, children, and text (all of it, in order, without that of its children)."""

    name: str
    attributes: dict[str, str]
    place: Place
    children: list[Element] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    words_at: Place | None = None
    comments: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """Its text."""
        return "".join(self.parts)

    def all(self, name: str) -> list[Element]:
        """Its children of a name."""
        return [each for each in self.children if each.name == name]

    def first(self, name: str) -> Element | None:
        """Its first child of a name."""
        return next((each for each in self.children if each.name == name), None)


def walk(text: str, root: str, took: Callable[[Element], None], comment: Callable[[str], None]) -> None:
    """Hands over each child of the root once it is complete, and the comments between them. Raises BadXml."""
    _Walk(root, took, comment).run(text)


class _Walk:
    def __init__(self, root: str, took: Callable[[Element], None], comment: Callable[[str], None]) -> None:
        self.root, self.took, self.told = root, took, comment
        self.stack: list[Element] = []
        self.seen = False
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.CommentHandler = self.comment
        self.parser.StartDoctypeDeclHandler = self.forbid
        self.parser.EntityDeclHandler = self.forbid

    @property
    def here(self) -> Place:
        """Where the parser stands. Its columns count characters of UTF-8 text from 0."""
        return Place(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def run(self, text: str) -> None:
        data = _DECLARED.sub(r"\1", text.lstrip("\ufeff"), count=1).encode("utf-8", "replace")
        try:
            for at in range(0, len(data), 1 << 16):
                self.parser.Parse(data[at : at + (1 << 16)], False)
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            detail = expat.ErrorString(error.code) or ""
            raise BadXml("xml_syntax", Place(error.lineno, error.offset + 1), detail=detail) from error

    def forbid(self, *_: object) -> None:
        raise BadXml("xml_forbidden", self.here)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.seen and name != self.root:
            raise BadXml("xml_root", self.here, name=name[:40], root=self.root)
        if len(self.stack) == MAX_DEPTH:
            raise BadXml("too_deep", self.here, limit=MAX_DEPTH)
        self.seen = True
        self.stack.append(Element(name, attributes, self.here))

    def end(self, name: str) -> None:
        done = self.stack.pop()
        if len(self.stack) == 1:
            self.took(done)
        elif self.stack:
            self.stack[-1].children.append(done)

    def text(self, words: str) -> None:
        if len(self.stack) > 1:
            if self.stack[-1].words_at is None and words.strip():
                self.stack[-1].words_at = self.here
            self.stack[-1].parts.append(words)

    def comment(self, words: str) -> None:
        if len(self.stack) > 1:
            self.stack[1].comments.append(words)
        else:
            self.told(words)
