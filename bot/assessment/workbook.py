"""The export as a workbook: a table that can be filtered, and a sheet that says how to read it.

The same lines give the same bytes: the only date in the file is the fixed one below, and XlsxWriter dates the parts of
the archive 1980.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bot.assessment import rules, wording
from bot.assessment.model import COLUMNS, Column, Line, Sheet, Type
from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import say

MADE_ON = datetime(2000, 1, 1)  # noqa: DTZ001 - a label in the file, the same for ever
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LARGE = 5_000
"""Lines from which parts of the file are put together on disk: in memory, a hundred thousand took 220 MB more."""
WIDTHS = {"badge": 11, "name": 26, "unit": 44, "post": 22, "note": 58}
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
MOST_SHEET_NAME = 31
GUIDE_WIDTHS = (30, 96)
ESCAPED = {c: f"'{c}" for c in "'[]#@"}


def xlsx_bytes(sheet: Sheet) -> bytes:
    """The workbook."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {**OPTIONS, "in_memory": len(sheet.lines) < LARGE})
    book.set_properties({"title": wording.title(sheet), "author": "Davy", "created": MADE_ON})
    _people(book, book.add_worksheet(_name("sheet_people", sheet.lang)), sheet)
    _guide(book, book.add_worksheet(_name("sheet_guide", sheet.lang)), sheet)
    book.close()
    return out.getvalue()


def _name(key: str, lang: str) -> str:
    return str(say(f"assessment.{key}", lang)).translate(FORBIDDEN)[:MOST_SHEET_NAME]


def _people(book: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet) -> None:
    count, percent = book.add_format({"num_format": "0"}), book.add_format({"num_format": "0 %"})
    faint = book.add_format({"font_color": "#6b7280", "align": "right"})
    head = book.add_format({"text_wrap": True, "valign": "top"})
    formats = {Type.TEXT: None, Type.COUNT: count, Type.SHARE: percent}
    # a table needs a row of data, also where nobody was employed
    last = max(1, len(sheet.lines)) + 1
    sums = rules.totals(sheet.lines)
    columns = [_column(column, sheet.lang, sums, formats[column.type], head) for column in COLUMNS]
    columns[0] |= {"total_string": str(say("assessment.total", sheet.lang))}
    style = {"name": "Participation", "style": "Table Style Light 1", "columns": columns, "total_row": True}
    page.add_table(0, 0, last, len(COLUMNS) - 1, style)
    # every cell of it, kept only to find a second table over it: a quarter of a gigabyte for a hundred thousand lines
    page.table_cells.clear()
    for number, line in enumerate(sheet.lines, 1):
        for place, column in enumerate(COLUMNS):
            _cell(page, number, place, line, column, sheet.lang, formats[column.type], faint)
    for place, column in enumerate(COLUMNS):
        page.set_column(place, place, WIDTHS.get(column.code) or _width(wording.head(column, sheet.lang)))
    page.set_row(0, 48)
    page.freeze_panes(1, 2)
    _for_print(page, sheet)


def _width(head: str) -> int:
    """So wide that no word of a head is broken, with room for the filter's arrow."""
    return max(11, *(len(word) + 2 for word in head.split()))


def _column(column: Column, lang: str, sums: Line, form: Format | None, head: Format) -> dict[str, object]:
    made: dict[str, object] = {"header": wording.head(column, lang), "format": form, "header_format": head}
    if column.type is Type.COUNT:
        made |= {"total_function": "sum", "total_value": rules.value(sums, column)}
    if column.type is Type.SHARE:
        part, whole = (_reference(code, lang) for code in (column.part, column.whole))
        total = rules.value(sums, column)
        made |= {
            "total_function": f'=IF(SUBTOTAL(109,{whole})=0,"",SUBTOTAL(109,{part})/SUBTOTAL(109,{whole}))',
            "total_value": "" if total is None else total,
        }
    return made


def _reference(code: str, lang: str) -> str:
    """A column of the table in a formula."""
    [column] = [c for c in COLUMNS if c.code == code]
    name = "".join(ESCAPED.get(c, c) for c in wording.head(column, lang))
    return f"Participation[{name}]"


def _cell(
    page: Worksheet, row: int, place: int, line: Line, column: Column, lang: str, form: Format | None, faint: Format
) -> None:
    if column.code == "note":
        page.write_string(row, place, wording.note(line, lang))
        return
    if column.code == "cleared":
        page.write_string(row, place, wording.standing(line, lang))
        return
    found = rules.value(line, column)
    if column.code in line.hidden:
        page.write_string(row, place, str(say("assessment.not_shown", lang)), faint)
    elif found is None:
        page.write_string(row, place, str(say("assessment.none_offered", lang)), faint)
    elif isinstance(found, str):
        page.write_string(row, place, found)
    else:
        page.write_number(row, place, found, form)


def _for_print(page: Worksheet, sheet: Sheet) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_header("&L" + wording.title(sheet).replace("&", "&&"))
    page.set_footer("&R&P / &N")
    if sheet.lang in RIGHT_TO_LEFT:
        page.right_to_left()


def _guide(book: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet) -> None:
    lang = sheet.lang
    bold, large = book.add_format({"bold": True, "valign": "top"}), book.add_format({"bold": True, "font_size": 14})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for place, width in enumerate(GUIDE_WIDTHS):
        page.set_column(place, place, width)
    page.write_string(0, 0, wording.title(sheet), large)
    page.write_string(1, 0, str(say("assessment.guide_people", lang, n=len(sheet.lines))))
    row = 3
    for sentence in wording.guide(lang):
        page.merge_range(row, 0, row, 1, sentence, wrapped)
        page.set_row(row, 32)
        row += 1
    row += 1
    heads = [str(say(key, lang)) for key in ("assessment.guide_column", "assessment.guide_meaning")]
    data = [[wording.head(column, lang), wording.meaning(column, lang)] for column in COLUMNS]
    columns = [{"header": heads[0], "format": bold}, {"header": heads[1], "format": wrapped}]
    style = {"name": "Columns", "style": "Table Style Light 1", "autofilter": False, "columns": columns, "data": data}
    page.add_table(row, 0, row + len(data), 1, style)
    page.hide_gridlines(2)
    _for_print(page, sheet)
