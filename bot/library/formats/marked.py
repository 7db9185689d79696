"""The trainer's own workbook back, with the cells to mend marked: a colour, a note, a list with links.

No library changes a workbook in place without losing something of it, so the values are read and written again in the
template's dress. A formula comes back as the value it showed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from xlsxwriter.worksheet import Worksheet

from bot.library.formats.sheets import Lists, Sheets
from bot.library.formats.workbook import BadWorkbook, column_index, inspect
from bot.library.formats.xlsx_bank import LESSONS, LISTS, PROBLEMS_SHEET, Values, questions_sheet, read_values
from bot.library.model import Problem, Severity

MOST_LISTED = 2_000
_CELL = re.compile(r"\A(.+)!([A-Z]{1,3})([0-9]{1,7})\Z")
_NO_LISTS = Lists()


class _Mark(NamedTuple):
    style: str
    note: str


def marked_workbook(data: bytes, problems: Sequence[Problem], language: str, lists: Lists = _NO_LISTS) -> bytes | None:
    """The workbook with its problems marked, in the trainer's language; None when it cannot be read at all."""
    try:
        found = inspect(data)
        skipped = {PROBLEMS_SHEET.casefold(), LISTS.casefold()}
        names = [name for name in found if name.strip().casefold() not in skipped]
        values = read_values(data, names)
    except BadWorkbook:
        return None
    sheets = Sheets(language, lists)
    marks = _marks(sheets, problems)
    chosen = questions_sheet(found)
    for name in names:
        is_questions = chosen is not None and name == chosen.name and name.strip().casefold() != LESSONS.casefold()
        sheet = sheets.questions(name) if is_questions else sheets.book.add_worksheet(name)
        if is_questions:
            header = [str(value) for value in values[name].rows[0]] if values[name].rows else []
            sheets.dress(sheet, header, notes=False)
        else:
            sheet.set_column(0, 3, 30, sheets.formats["text"])
        _copy(sheets, sheet, values[name], marks.get(name, {}), 0 if is_questions else -1)
    list_problems(sheets, problems).activate()
    sheets.lists_sheet()
    return sheets.close()


def _marks(sheets: Sheets, problems: Sequence[Problem]) -> dict[str, dict[tuple[int, int], _Mark]]:
    """What to mark, by sheet and (row, column); several problems of a cell are one note, the worst its colour."""
    marks: dict[str, dict[tuple[int, int], _Mark]] = defaultdict(dict)
    for problem in problems[:MOST_LISTED]:
        where = _CELL.fullmatch(problem.cell or "")
        if where is None:
            continue
        at = (int(where[3]) - 1, column_index(where[2]))
        before = marks[where[1]].get(at)
        style = "error" if problem.severity is Severity.ERROR else "warning"
        if before is not None and before.style == "error":
            style = "error"
        note = sentence(sheets, problem)
        marks[where[1]][at] = _Mark(style, f"{before.note}\n\n{note}" if before else note)
    return marks


def sentence(sheets: Sheets, problem: Problem) -> str:
    """What is wrong and what to do, in the workbook's language."""
    return sheets.say(f"problem_{problem.code}", **dict(problem.params))


def _copy(
    sheets: Sheets, sheet: Worksheet, values: Values, marks: dict[tuple[int, int], _Mark], header_row: int
) -> None:
    for row, cells in enumerate(values.rows):
        for column, value in enumerate(cells):
            style = marks[row, column].style if (row, column) in marks else "text"
            sheets.value(sheet, row, column, value, "header" if row == header_row and style == "text" else style)
    for (row, column), mark in marks.items():
        if row >= len(values.rows) or column >= len(values.rows[row]):
            sheets.value(sheet, row, column, None, mark.style)
        sheet.write_comment(row, column, mark.note[:4000], {"x_scale": 2.5, "y_scale": 1.6, "author": "Davy"})


def list_problems(sheets: Sheets, problems: Sequence[Problem]) -> Worksheet:
    """The sheet Problems: where (a link), how bad, and what to do; in words, because a colour alone is not enough."""
    sheet: Worksheet = sheets.book.add_worksheet(PROBLEMS_SHEET)
    sheets.turn(sheet)
    sheet.set_column(0, 1, 18, sheets.formats["text"])
    sheet.set_column(2, 2, 110, sheets.formats["text"])
    for at, key in enumerate(("marked_where", "marked_how_bad", "marked_heading")):
        sheet.write_string(0, at, sheets.say(key), sheets.formats["header"])
    sheet.freeze_panes(1, 0)
    words = {Severity.ERROR: sheets.say("marked_error"), Severity.WARNING: sheets.say("marked_warning")}
    for row, problem in enumerate(problems[:MOST_LISTED], 1):
        if where := _CELL.fullmatch(problem.cell or ""):
            name = where[1].replace("'", "''")
            link = f"internal:'{name}'!{where[2]}{where[3]}"
            sheet.write_url(row, 0, link, sheets.formats["link"], problem.cell)
        elif problem.line:
            sheet.write_string(row, 0, f"{problem.line}:{problem.column or 1}", sheets.formats["text"])
        sheet.write_string(row, 1, words[problem.severity], sheets.formats["text"])
        sheet.write_string(row, 2, sentence(sheets, problem), sheets.formats["text"])
    if len(problems) > MOST_LISTED:
        more = sheets.say("marked_more", n=len(problems) - MOST_LISTED)
        sheet.write_string(MOST_LISTED + 1, 2, more, sheets.formats["text"])
    return sheet
