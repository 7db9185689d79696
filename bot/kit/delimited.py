"""Delimited text (CSV) as cells that know their line and column: quotes, doubled quotes, breaks inside quotes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

DANGEROUS = re.compile(r"""(^|[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠]|[\t\r])""")
"""Where a spreadsheet begins a formula: at the first sign of a cell, narrow or wide as in East Asia; and behind a semicolon
or a break, where a spreadsheet of another country begins the next cell."""
_QUOTED = re.compile(r'[ ]*"((?:[^"]|"")*)"[ ]*')


class Cell(NamedTuple):
    """What stands somewhere, without spaces around it; line and column count from 1, where the cell begins."""

    text: str
    line: int
    column: int


MOST_CELLS = 16_384
"""The widest row that a spreadsheet can write. What is wider was made to be."""


class TooWide(ValueError):
    """A row of more than MOST_CELLS cells, in `line`."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}: more than {MOST_CELLS} cells")
        self.line = line


class OpenQuote(ValueError):
    """A quotation mark that is opened at `line` and `column` and never closed: what follows cannot be read."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: a quotation mark is never closed")
        self.line, self.column = line, column


def plain_breaks(text: str) -> str:
    """The text with one kind of line end, and without the mark that some programs put before it."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def cells(text: str, separator: str) -> Iterator[list[Cell]]:
    """Row for row, empty ones included. The text has plain breaks. Raises OpenQuote or TooWide when the reader gets there."""
    bare = re.compile(rf"[^\n{re.escape(separator)}]*")
    at, line, line_start = 0, 1, 0
    row: list[Cell] = []
    while at <= len(text):
        place = line, at - line_start + 1
        quoted = _QUOTED.match(text, at)
        if quoted is not None:
            value, end = quoted[1].replace('""', '"'), quoted.end()
            if breaks := text.count("\n", at, end):
                line, line_start = line + breaks, text.rindex("\n", at, end) + 1
        elif text.startswith('"', at):
            raise OpenQuote(*place)
        else:
            value, end = "", at
        rest = bare.match(text, end)
        assert rest is not None  # it matches nothing as well
        row.append(Cell((value + rest[0]).strip(), *place))
        end = rest.end()
        if end >= len(text) or text[end] == "\n":
            yield row
            row, line, line_start = [], line + 1, end + 1
        elif len(row) >= MOST_CELLS:
            raise TooWide(line)
        at = end + 1


def harmless(words: str) -> str:
    """Words that no spreadsheet runs: a quote before what looks like a formula."""
    return DANGEROUS.sub(r"\1'", words)
