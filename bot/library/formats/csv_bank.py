"""Question banks as CSV: commas, semicolons or tabs, quotes, and any line end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.kit.delimited import MOST_CELLS, OpenQuote, TooWide, cells, plain_breaks
from bot.library.formats.rows import column_name, known_columns, read_rows
from bot.library.formats.workbook import MAX_ROWS
from bot.library.model import Bank, Place
from bot.library.reading import Node, Reading

_SETTING = re.compile(r"#\s*([\w-]+(?::[\w-]+)?)\s*[:：=]\s*(.*)")


def read_csv(text: str, reading: Reading) -> Bank | None:
    """A bank from CSV text. Lines such as `# language: zh` before the header are settings."""
    text = plain_breaks(text)
    first = next((line for line in text.split("\n") if line.strip(' ,;\t"') and not _is_comment(line)), "")
    delimiter = max(",;\t", key=lambda mark: known_columns(cell.strip(' "') for cell in first.split(mark, MOST_CELLS)))
    rows = _rows(text, delimiter, reading)
    settings: dict[str, Node] = {}
    for row in rows:
        if not any(cell.value for cell in row):
            continue
        if _is_comment(str(row[0].value or "")):
            _take_setting(row, delimiter, settings)
        else:
            return read_rows(row, rows, settings, reading.file, reading)
    if not reading.problems:
        reading.note("no_questions", Place(1, 1))
    return None


def _is_comment(line: str) -> bool:
    return line.lstrip(' "').startswith("#")


def _take_setting(row: list[Node], delimiter: str, settings: dict[str, Node]) -> None:
    line = f"{delimiter} ".join(cell.value for cell in row if isinstance(cell.value, str))
    if found := _SETTING.match(line.strip()):
        settings[column_name(found[1])] = Node(found[2].strip(), row[0].place, row[0].place)


def _rows(text: str, delimiter: str, reading: Reading) -> Iterator[list[Node]]:
    """Rows of cells; where a quote is never closed, or a row is too wide, it is noted and the rest is not read."""
    try:
        for row in cells(text, delimiter):
            for cell in row:
                if cell.text.startswith("="):
                    reading.note("formula_cell", Place(cell.line, cell.column))
            yield [Node(cell.text or None, Place(cell.line, cell.column)) for cell in row]
    except OpenQuote as error:
        reading.note("csv_quote", Place(error.line, error.column))
    except TooWide as error:
        reading.note("sheet_too_large", Place(error.line, 1), sheet=reading.file, rows=MAX_ROWS, columns=MOST_CELLS)
