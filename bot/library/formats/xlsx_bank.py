"""A workbook as rows of cells: the sheet `Questions`, and the settings on the sheet `Bank`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, NamedTuple

from python_calamine import CalamineWorkbook

from bot.library.formats.rows import REQUIRED, column_name, read_rows
from bot.library.formats.workbook import BadWorkbook, Sheet, cell_name, inspect
from bot.library.model import NOWHERE, Bank, Place
from bot.library.reading import Node, Reading

QUESTIONS, BANK, HELP, PROBLEMS_SHEET, LISTS = "Questions", "Bank", "Help", "Problems", "Lists"
LESSONS = "Lessons"
"""The sheet of a workbook that holds lessons and no questions."""
_NOT_QUESTIONS = {name.casefold() for name in (BANK, HELP, PROBLEMS_SHEET, LISTS)}
ERROR_CELLS = frozenset({"#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!"})


class Values(NamedTuple):
    """A sheet's values by row and column from A1, and its merged ranges as ((top, left), (bottom, right)) from 0."""

    rows: list[list[Any]]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...]


def read_xlsx(data: bytes, reading: Reading) -> Bank | None:
    """A bank from a workbook; places are cells such as `Questions!H7`."""
    try:
        sheets = inspect(data)
        wanted = questions_sheet(sheets)
        named = [each for each in (wanted, sheet_named(sheets, BANK)) if each is not None]
        values = read_values(data, [each.name for each in named])
    except BadWorkbook as bad:
        reading.note(bad.code, NOWHERE, None, **bad.params)
        return None
    if wanted is None:
        reading.note("no_header", columns=", ".join(REQUIRED))
        return None
    settings = _settings(named[1], values[named[1].name], reading) if len(named) > 1 else {}
    return _bank(wanted, values[wanted.name], settings, reading)


def read_values(data: bytes, names: Iterable[str]) -> dict[str, Values]:
    """The values of the named sheets; BadWorkbook for whatever the reader fails at (its panics are no Exceptions).

    Only to be called for a workbook that `inspect` has let pass.
    """
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            found = {}
            for name in names:
                sheet = book.get_sheet_by_name(name)
                found[name] = Values(sheet.to_python(skip_empty_area=False), tuple(sheet.merged_cell_ranges or ()))
            return found
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise BadWorkbook("broken_workbook") from error


def sheet_named(sheets: dict[str, Sheet], wanted: str) -> Sheet | None:
    return next((sheet for name, sheet in sheets.items() if name.strip().casefold() == wanted.casefold()), None)


def questions_sheet(sheets: dict[str, Sheet]) -> Sheet | None:
    """The sheet `Questions`, else the first visible one that is none of ours."""
    if (named := sheet_named(sheets, QUESTIONS)) is not None:
        return named
    others = (sheet for name, sheet in sheets.items() if name.strip().casefold() not in _NOT_QUESTIONS)
    return next((sheet for sheet in others if not sheet.hidden), None)


def _bank(sheet: Sheet, values: Values, settings: dict[str, Node], reading: Reading) -> Bank | None:
    for (top, left), (bottom, right) in values.merged:
        where = f"{sheet.name}!{cell_name(top, left)}"
        reading.note("merged_cells", Place(cell=where), to=cell_name(bottom, right))
    rows = cells_of(values.rows, sheet, reading)
    for cells in rows:
        if any(cell.value for cell in cells):
            return read_rows(cells, rows, settings, reading.file, reading)
    reading.note("no_questions", Place(cell=f"{sheet.name}!A1"))
    return None


def _settings(sheet: Sheet, values: Values, reading: Reading) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for cells in cells_of(values.rows, sheet, reading):
        if len(cells) > 1 and isinstance(cells[0].value, str) and not cells[0].value.startswith("#"):
            found[column_name(cells[0].value)] = Node(cells[1].value, cells[1].place, cells[0].place)
    return {name: node for name, node in found.items() if node.value}


def cells_of(values: list[list[Any]], sheet: Sheet, reading: Reading) -> Iterator[list[Node]]:
    """A sheet's rows as nodes with their cells' names; formulas, errors and dates are noted."""
    names = [cell_name(0, at)[:-1] for at in range(max(map(len, values), default=0))]
    for row, cells in enumerate(values):
        nodes = []
        for column, value in enumerate(cells):
            place = Place(cell=f"{sheet.name}!{names[column]}{row + 1}")
            if (row, column) in sheet.formulas:
                reading.note("formula_cell", place)
            elif (row, column) in sheet.errors or (isinstance(value, str) and value in ERROR_CELLS):
                reading.note("error_cell", place)
            elif isinstance(value, dt.date | dt.time | dt.timedelta):
                reading.note("date_cell", place, value=str(value))
            nodes.append(Node(cell_text(value) or None, place))
        yield nodes


def cell_text(value: object) -> str:
    """A cell's value as the text its writer saw: 1.0 is 1, TRUE is true."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()
