"""The register as a workbook: exported, to be filled in, or sent back with the cells to mend marked. Blocking."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from xlsxwriter.worksheet import Worksheet

from bot.compliance.register.sheet import COLUMNS, TRANSLATED, WORDED, LawEntry, Read, Wrong, rows_of
from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import say
from bot.library.formats.sheets import Lists, Sheets
from bot.library.formats.workbook import cell_name

LAWS, MEND = "Register", "Problems"
WIDE = {"title": 40, "changes": 50, "binds": 30, "source": 40, "code": 18}


def exported(found: Sequence[LawEntry], lang: str) -> bytes:
    """Entries as a workbook that can be changed and sent back; without any it is the template."""
    rows = rows_of(found)
    return _book(_header(rows, lang), rows, (), lang)


def flat(found: Sequence[LawEntry], lang: str) -> bytes:
    """The same as CSV in UTF-8 with the mark that spreadsheets look for."""
    rows = rows_of(found)
    out = StringIO()
    table = csv.DictWriter(out, _header(rows, lang), restval="", lineterminator="\r\n")
    table.writeheader()
    # a cell that begins like a formula would be one to a spreadsheet; the space is taken off when it is read again
    table.writerows(
        {name: f" {cell}" if cell[:1] in "=+-@" and cell else cell for name, cell in row.items()} for row in rows
    )
    return out.getvalue().encode("utf-8-sig")


def _header(rows: Sequence[Mapping[str, str]], lang: str) -> list[str]:
    used = {name for row in rows for name, value in row.items() if value}
    header: list[str] = []
    for name in COLUMNS:
        worded = [
            each for each in TRANSLATED if each.startswith(f"{name}_") and (each in used or each.endswith(f"_{lang}"))
        ]
        header += worded if name in WORDED else [name]
    return header


def marked(found: Read, lang: str) -> bytes:
    """A sender's own rows, with the cells to mend in colour, a note on each, and a list of them with links."""
    assert found.table is not None
    header = list(found.table.columns)
    rows = [{name: record[name].text for name in header} for record in found.table.records]
    return _book(header, rows, found.wrong, lang)


def sentence(wrong: Wrong, lang: str) -> str:
    """What is wrong with a cell and what to do."""
    return str(say(f"compliance.register.wrong_{wrong.code}", lang, **wrong.params))


def _book(header: Sequence[str], rows: Sequence[Mapping[str, str]], wrong: Sequence[Wrong], lang: str) -> bytes:
    sheets = Sheets(lang, Lists())
    sheet: Worksheet = sheets.book.add_worksheet(LAWS)
    sheet.freeze_panes(1, 1)
    for column, name in enumerate(header):
        base = name.rpartition("_")[0] if name in TRANSLATED else name
        sheet.set_column(column, column, WIDE.get(base, 14), sheets.formats["text"])
        sheet.write_string(0, column, name, sheets.formats["header"])
        note = str(say("compliance.register.column", lang, name=base))
        sheet.write_comment(0, column, note, {"x_scale": 2.2, "y_scale": 1.4, "author": "Davy"})
    for at, row in enumerate(rows, 1):
        for column, name in enumerate(header):
            sheets.value(sheet, at, column, row.get(name, ""), "text")
    if wrong:
        _mark(sheets, sheet, header, rows, wrong, lang)
    if lang in RIGHT_TO_LEFT:
        sheet.right_to_left()
    return sheets.close()


def _mark(
    sheets: Sheets, sheet: Worksheet, header: Sequence[str], rows: Sequence[Mapping[str, str]], wrong: Sequence[Wrong], lang: str
) -> None:  # fmt: skip
    listed: Worksheet = sheets.book.add_worksheet(MEND)
    listed.set_column(0, 0, 12)
    listed.set_column(1, 1, 110, sheets.formats["text"])
    notes: dict[tuple[int, int], list[str]] = {}
    for at, each in enumerate(wrong):
        where = (each.row + 1, header.index(each.column) if each.column in header else 0)
        notes.setdefault(where, []).append(sentence(each, lang))
        listed.write_url(at, 0, f"internal:'{LAWS}'!{cell_name(*where)}", sheets.formats["link"], cell_name(*where))
        listed.write_string(at, 1, sentence(each, lang), sheets.formats["text"])
    for (row, column), said in notes.items():
        value = rows[row - 1].get(header[column], "") if row <= len(rows) else ""
        sheets.value(sheet, row, column, value or None, "error")
        sheet.write_comment(row, column, "\n\n".join(said)[:4000], {"x_scale": 2.5, "y_scale": 1.6, "author": "Davy"})
    listed.activate()
