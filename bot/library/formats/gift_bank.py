"""GIFT, Moodle's text format: questions between empty lines, answers in braces, comments behind `//`.

No library reads GIFT and is kept up, so it is read here: one walk over the text that keeps the place of every answer.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from bot.kit.delimited import plain_breaks
from bot.library.formats.carried import BANK_MARK, MARK, found
from bot.library.formats.foreign import Gathering
from bot.library.formats.found import FULL, NONE, NOTHING, Found, Given
from bot.library.formats.markup import FORMATS, MOODLE
from bot.library.model import Bank, Place
from bot.library.reading import Node, Reading

CATEGORY = "$CATEGORY:"
_FORMAT = re.compile(r"\s*\[(\w{1,20})\]")
_WEIGHT = re.compile(r"\s*%\s*(-?\d{1,3}(?:\.\d{1,6})?)\s*%")
_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_LABEL = re.compile(r"\[(id|tag):((?:\\.|[^\]\\\n]){1,200})\]")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_MARKS = re.compile(r"\\.|[=~]", re.DOTALL)
_MATCHES = re.compile(r"\\.|=", re.DOTALL)
_SHARP = re.compile(r"\\.|#", re.DOTALL)
_GENERAL = re.compile(r"\\.|####", re.DOTALL)
_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
BLANK = "_____"
"""What stands for the answers in the middle of a sentence."""


def read_gift(text: str, reading: Reading) -> Bank | None:
    """A bank from GIFT text; None when there is no question in it."""
    text = plain_breaks(text)
    told = Gathering(reading)
    lines = _Lines(text)
    for block in _blocks(text, lines, told):
        _Question(block, lines, told).read()
        if reading.full:
            break
    return told.bank()


class _Lines:
    """Places by offset."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(each.end() for each in re.finditer("\n", text))]

    def place(self, offset: int) -> Place:
        """Line and column from 1."""
        line = bisect_right(self.starts, offset)
        return Place(line, offset - self.starts[line - 1] + 1)


@dataclass(slots=True)
class _Block:
    """The lines of one question with its comments blanked out, and what those say."""

    start: int
    lines: list[str] = field(default_factory=list)
    labels: list[tuple[str, str]] = field(default_factory=list)
    carried: Mapping[str, Any] = field(default_factory=dict)
    open_at: int | None = None
    next: _Block | None = None
    """Of a question whose braces are open: the comments behind an empty line, which may be those of the next one."""

    def gap(self, start: int) -> None:
        """An empty line within the braces."""
        self.next = _Block(start)

    def comment(self, line: str, told: Gathering) -> None:
        """Ids and tags, as Moodle writes them, and what an export of ours noted."""
        if self.next is not None:
            self.next.comment(line, told)
        words = line.strip().removeprefix("//").strip()
        if (bank := found(words, BANK_MARK)) is not None:
            told.begin(bank)
        elif (kept := found(words, MARK)) is not None:
            self.carried = kept
        elif not words.startswith(MARK):
            self.labels += [(name, value.replace("\\]", "]").strip()) for name, value in _LABEL.findall(words)]

    def take(self, line: str, start: int) -> None:
        """One more line; those before the first word are not kept."""
        if not self.lines and not line.strip():
            return
        if not self.lines:
            self.start = start
        self.lines.append(line)
        for brace in _BRACES.finditer(line):
            if brace[0] == "{" and self.open_at is None:
                self.open_at = start + brace.start()
            elif brace[0] == "}":
                self.open_at = None


def _blocks(text: str, lines: _Lines, told: Gathering) -> Iterator[_Block]:
    """The questions; categories are taken on the way. Braces that are open where a title begins were never closed."""
    block = _Block(0)
    for start, line in zip(lines.starts, text.split("\n"), strict=True):
        bare = line.strip()
        if block.open_at is not None and bare.startswith((CATEGORY, "::")):
            told.reading.note("gift_brace", lines.place(block.open_at))
            block = block.next or _Block(start)
        if block.open_at is None and (not bare or bare.startswith(CATEGORY)):
            if block.lines:
                yield block
            block = _Block(start)
            if bare:
                at = line.index(CATEGORY) + len(CATEGORY)
                told.category = Node(_unescaped(line[at:]).strip() or None, lines.place(start + at))
        elif bare.startswith("//"):
            block.comment(bare, told)
            block.take(" " * len(line), start)
        else:
            if not bare:
                block.gap(start)
            block.take(line, start)
    if block.open_at is not None:
        told.reading.note("gift_brace", lines.place(block.open_at))
    elif block.lines:
        yield block


class _Piece(NamedTuple):
    """A part of the text as it is written, with its offset in the file."""

    text: str
    at: int

    def cut(self, start: int, end: int | None = None) -> _Piece:
        """A part of it, without spaces before and behind."""
        raw = self.text[start:end]
        return _Piece(raw.strip(), self.at + start + len(raw) - len(raw.lstrip()))


class _Question:
    """Reads one block."""

    def __init__(self, block: _Block, lines: _Lines, told: Gathering) -> None:
        self.block, self.lines, self.told = block, lines, told
        self.format = MOODLE

    def read(self) -> None:
        """Gives the question away, or says why there is none."""
        whole = _Piece("\n".join(self.block.lines), self.block.start).cut(0)
        name, whole = self._name(whole)
        place = self.lines.place((name or whole).at)
        if (told := _FORMAT.match(whole.text)) and told[1] in FORMATS:
            self.format = FORMATS[told[1]]
            whole = whole.cut(told.end())
        opened = _first(whole.text, _BRACES, "{")
        if opened is None:
            return self.told.skip("description", place)
        closed = _first(whole.text, _BRACES, "}", opened + 1)
        if closed is None or (after := _first(whole.text, _BRACES, None, closed + 1)) is not None:
            at = opened if closed is None else after
            return self.told.reading.note("gift_brace", self.lines.place(whole.at + (at or 0)))
        title = self._said(name) if name else NONE
        question = Found("", place, self._stem(whole, opened, closed), name=title, carried=self.block.carried)
        question.ident = next((value for label, value in self.block.labels if label == "id"), "")
        question.tags = tuple(value for label, value in self.block.labels if label == "tag")
        return self._answers(question, whole.cut(opened + 1, closed))

    def _name(self, whole: _Piece) -> tuple[_Piece | None, _Piece]:
        if not whole.text.startswith("::"):
            return None, whole
        end = re.search(r"(?<!\\)::", whole.text[2:])
        if end is None:
            return None, whole
        return whole.cut(2, 2 + end.start()), whole.cut(2 + end.end())

    def _stem(self, whole: _Piece, opened: int, closed: int) -> Node:
        """What stands around the braces; with words behind them, a line stands for the answers."""
        before, behind = whole.cut(0, opened), whole.cut(closed + 1)
        if not behind.text:
            return self._said(before, self.format)
        gap = "" if re.match(r"[.,;:!?。，；：！？]", behind.text) else " "
        return self._said(_Piece(f"{before.text} {BLANK}{gap}{behind.text}".strip(), before.at), self.format)

    def _said(self, piece: _Piece, format: str | None = None) -> Node:
        """A text without its escapes and its format; a break of the line is only where `\\n` says so."""
        if format is None and (told := _FORMAT.match(piece.text)) and told[1] in FORMATS:
            format = FORMATS[told[1]]
            piece = piece.cut(told.end())
        words = re.sub(r"\s*\n\s*", " ", piece.text)
        return self.told.plain(_unescaped(words), format or self.format, self.lines.place(piece.at))

    def _answers(self, question: Found, body: _Piece) -> None:
        if (at := _last(body.text, _GENERAL, "####")) is not None:
            question.explanation = self._said(body.cut(at + 4))
            body = body.cut(0, at)
        first = body.text.partition("#")[0].strip().upper()
        if not body.text:
            return self.told.skip("essay", question.place)
        if body.text.startswith("#"):
            question.kind, question.written = "number", "numerical"
            question.answers = tuple(self._numbers(body.cut(1)))
        elif first in _TRUTHS:
            question.kind, question.truth = "true_false", _TRUTHS[first]
            question.answers = self._truth(body)
        elif _first(body.text, _MARKS, "~") is not None:
            given = tuple(self._given(body, _MARKS))
            single = any(each.percent >= FULL for each in given) and _first(body.text, _MARKS, "=") is not None
            question.kind, question.written = ("one" if single else "several"), "multichoice"
            question.answers = given
        elif body.text.startswith("=") and "->" in body.text:
            question.kind, question.written = "match", "matching"
            question.answers = tuple(self._pairs(body))
        elif body.text.startswith("="):
            question.kind, question.written = "short", "shortanswer"
            question.answers = tuple(self._given(body, _MATCHES))
        else:
            return self.told.reading.note("gift_answers", self.lines.place(body.at))
        return self.told.add(question)

    def _split(self, body: _Piece, marks: re.Pattern[str]) -> Iterator[tuple[str, _Piece]]:
        """Each answer with its mark; a format in square brackets may hold one as well."""
        found = [each for each in marks.finditer(body.text) if len(each[0]) == 1]
        ends = [*(each.start() for each in found[1:]), len(body.text)]
        for each, end in zip(found, ends, strict=False):
            yield each[0], body.cut(each.end(), end)

    def _given(self, body: _Piece, marks: re.Pattern[str]) -> Iterator[Given]:
        for mark, piece in self._split(body, marks):
            percent = FULL if mark == "=" else NOTHING
            if weight := _WEIGHT.match(piece.text):
                percent, piece = Decimal(weight[1]), piece.cut(weight.end())
            text, feedback = self._feedback(piece)
            yield Given(self._said(text), percent, feedback)

    def _feedback(self, piece: _Piece) -> tuple[_Piece, Node]:
        at = _first(piece.text, _SHARP, "#")
        return (piece, NONE) if at is None else (piece.cut(0, at), self._said(piece.cut(at + 1)))

    def _truth(self, body: _Piece) -> tuple[Given, ...]:
        """The first feedback is said to who is wrong, the second to who is right."""
        sharps = [each.start() for each in _SHARP.finditer(body.text) if each[0] == "#"][:2]
        ends = [*sharps[1:], len(body.text)] if sharps else []
        said = [self._said(body.cut(at + 1, end)) for at, end in zip(sharps, ends, strict=True)]
        return tuple(Given(NONE, percent, text) for percent, text in zip((NOTHING, FULL), said, strict=False))

    def _pairs(self, body: _Piece) -> Iterator[Given]:
        for _, piece in self._split(body, _MATCHES):
            left, arrow, _ = piece.text.partition("->")
            right = self._said(piece.cut(len(left) + 2)) if arrow else Node(None, self.lines.place(piece.at))
            yield Given(self._said(piece.cut(0, len(left))), FULL, partner=right)

    def _numbers(self, body: _Piece) -> Iterator[Given]:
        """`value`, `value:tolerance` or `low..high`; several of them begin with `=`."""
        several = _first(body.text, _MARKS, None) == 0
        pieces = list(self._split(body, _MARKS)) if several else [("=", body)]
        for mark, piece in pieces:
            percent = FULL if mark == "=" else NOTHING
            if weight := _WEIGHT.match(piece.text):
                percent, piece = Decimal(weight[1]), piece.cut(weight.end())
            cut = None if several else _first(piece.text, _MARKS, "~")
            text, feedback = self._feedback(piece if cut is None else piece.cut(0, cut))
            yield Given(Node(_unescaped(text.text), self.lines.place(text.at)), percent, feedback)
            if cut is not None:
                wrong = self._feedback(piece.cut(cut + 1))[1]
                yield Given(Node(None, wrong.place), NOTHING, wrong)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda each: "\n" if each[1] == "n" else each[1], text)


def _first(text: str, marks: re.Pattern[str], wanted: str | None, start: int = 0) -> int | None:
    """Where a mark stands first that no backslash takes away; any of the marks where none is named."""
    for each in marks.finditer(text, start):
        if each[0] == wanted or (wanted is None and not each[0].startswith("\\")):
            return each.start()
    return None


def _last(text: str, marks: re.Pattern[str], wanted: str) -> int | None:
    return max((each.start() for each in marks.finditer(text) if each[0] == wanted), default=None)
