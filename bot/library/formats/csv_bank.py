"""CSV as rows of cells with line and column: commas, semicolons or tabs, quotes, and any line end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.library.formats.rows import column_name, known_columns, read_rows
from bot.library.model import Bank, Place
from bot.library.reading import Node, Reading

_QUOTED = re.compile(r'[ ]*"((?:[^"]|"")*)"[ ]*')
_SETTING = re.compile(r"#\s*([\w:-]+)\s*[:：=]\s*(.*)")


def read_csv(text: str, reading: Reading) -> Bank | None:
    """A bank from CSV text. Lines such as `# language: zh` before the header are settings."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first = next((line for line in text.split("\n") if line.strip(' ,;\t"') and not _is_comment(line)), "")
    delimiter = max(",;\t", key=lambda mark: known_columns(cell.strip(' "') for cell in first.split(mark)))
    rows = _rows(text, delimiter, reading)
    settings: dict[str, Node] = {}
    for cells in rows:
        if not any(cell.value for cell in cells):
            continue
        if _is_comment(str(cells[0].value or "")):
            _take_setting(cells, delimiter, settings)
        else:
            return read_rows(cells, rows, settings, reading.file, reading)
    if not reading.problems:
        reading.note("no_questions", Place(1, 1))
    return None


def _is_comment(line: str) -> bool:
    return line.lstrip(' "').startswith("#")


def _take_setting(cells: list[Node], delimiter: str, settings: dict[str, Node]) -> None:
    line = f"{delimiter} ".join(cell.value for cell in cells if isinstance(cell.value, str))
    if found := _SETTING.match(line.strip()):
        settings[column_name(found[1])] = Node(found[2].strip(), cells[0].place, cells[0].place)


def _rows(text: str, delimiter: str, reading: Reading) -> Iterator[list[Node]]:
    """Rows of cells; a quote that is never closed is noted, and the rest of the file is then not read."""
    bare = re.compile(rf"[^\n{re.escape(delimiter)}]*")
    at, line, line_start = 0, 1, 0
    cells: list[Node] = []
    while at <= len(text):
        place = Place(line, at - line_start + 1)
        quoted = _QUOTED.match(text, at)
        if quoted is not None:
            value, end = quoted[1].replace('""', '"'), quoted.end()
            if breaks := text.count("\n", at, end):
                line, line_start = line + breaks, text.rindex("\n", at, end) + 1
            value += bare.match(text, end)[0]  # type: ignore[index]
        elif text.startswith('"', at):
            reading.note("csv_quote", place)
            return
        else:
            value, end = bare.match(text, at)[0], at  # type: ignore[index]
        end = bare.match(text, end).end()  # type: ignore[union-attr]
        if value.lstrip().startswith("="):
            reading.note("formula_cell", place)
        cells.append(Node(value.strip() or None, place))
        if end >= len(text) or text[end] == "\n":
            yield cells
            cells, line, line_start = [], line + 1, end + 1
        at = end + 1
