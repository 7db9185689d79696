"""The register as a workbook: to be filled in, exported, or sent back with the cells to mend marked. Blocking."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from xlsxwriter.worksheet import Worksheet

from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import has, say
from bot.library.formats.sheets import Lists, Sheets
from bot.library.formats.workbook import cell_name
from bot.risks.company import company, scale
from bot.risks.model import FACTORS, Held, Method, Rank
from bot.risks.sheet import COLUMNS, TRANSLATED, Read, RiskEntry, Wrong, rows_of
from bot.risks.showing import step_name

RISKS, GUIDE, MEND = "Risks", "How", "Problems"
WIDE = {"task": 34, "step": 26, "hazard": 40, "control": 40, "unit": 38}
MOST_LISTED = 500


def exported(found: Sequence[RiskEntry], lang: str) -> bytes:
    """Risks as a workbook that can be changed and sent back; without any it is the template."""
    rows = rows_of(found)
    return _book(_header(rows, lang), rows, (), lang)


def flat(found: Sequence[RiskEntry], lang: str) -> bytes:
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
    header = [name for name in COLUMNS if name not in ("task", "step", "hazard", "control")]
    worded = [name for name in TRANSLATED if name in used or name.endswith(f"_{lang}")]
    at = header.index("step_number") + 1
    return [*header[:at], *worded, *header[at:]]


def marked(found: Read, lang: str) -> bytes:
    """A sender's own rows, with the cells to mend in colour, a note on each, and a list of them with links."""
    assert found.table is not None
    header = list(found.table.columns)
    rows = [{name: record[name].text for name in header} for record in found.table.records]
    return _book(header, rows, found.wrong, lang)


def _book(header: Sequence[str], rows: Sequence[Mapping[str, str]], wrong: Sequence[Wrong], lang: str) -> bytes:
    sheets = Sheets(lang, Lists())
    sheet: Worksheet = sheets.book.add_worksheet(RISKS)
    sheet.freeze_panes(1, 1)
    for column, name in enumerate(header):
        width = WIDE.get(name.rpartition("_")[0] or name, WIDE.get(name, 14))
        sheet.set_column(column, column, width, sheets.formats["text"])
        sheet.write_string(0, column, name, sheets.formats["header"])
        base = name.rpartition("_")[0] if name in TRANSLATED else name
        if has(f"risks.column_{base}"):
            sheet.write_comment(0, column, str(say(f"risks.column_{base}", lang)), {"x_scale": 2.2, "y_scale": 1.4})
    for at, row in enumerate(rows, 1):
        for column, name in enumerate(header):
            sheets.value(sheet, at, column, row.get(name, ""), "text")
    _mark(sheets, sheet, header, rows, wrong, lang)
    _guide(sheets, lang)
    if lang in RIGHT_TO_LEFT:
        sheet.right_to_left()
    return sheets.close()


def sentence(wrong: Wrong, lang: str) -> str:
    """What is wrong with a cell and what to do."""
    return str(say(f"risks.wrong_{wrong.code}", lang, **wrong.params))


def _mark(
    sheets: Sheets,
    sheet: Worksheet,
    header: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    wrong: Sequence[Wrong],
    lang: str,
) -> None:
    if not wrong:
        return
    listed: Worksheet = sheets.book.add_worksheet(MEND)
    listed.set_column(0, 0, 12)
    listed.set_column(1, 1, 110, sheets.formats["text"])
    notes: dict[tuple[int, int], list[str]] = {}
    for at, each in enumerate(wrong[:MOST_LISTED]):
        column = header.index(each.column) if each.column in header else 0
        where = (each.row + 1, column)
        notes.setdefault(where, []).append(sentence(each, lang))
        listed.write_url(at, 0, f"internal:'{RISKS}'!{cell_name(*where)}", sheets.formats["link"], cell_name(*where))
        listed.write_string(at, 1, sentence(each, lang), sheets.formats["text"])
    for (row, column), said in notes.items():
        value = rows[row - 1].get(header[column], "") if row <= len(rows) else ""
        sheets.value(sheet, row, column, value or None, "error")
        sheet.write_comment(row, column, "\n\n".join(said)[:4000], {"x_scale": 2.5, "y_scale": 1.6, "author": "Davy"})
    listed.activate()


def _guide(sheets: Sheets, lang: str) -> None:
    """What may stand in the cells: the company's steps with their words, the bands, the kinds of controls."""
    page: Worksheet = sheets.book.add_worksheet(GUIDE)
    page.set_column(0, 2, 24)
    page.set_column(3, 3, 70, sheets.formats["text"])
    row = 0

    def put(*cells: str) -> None:
        nonlocal row
        for column, cell in enumerate(cells):
            page.write_string(row, column, cell, sheets.formats["text"])
        row += 1

    for method in Method:
        for factor in FACTORS[method]:
            for value in scale(method).steps[factor]:
                put(method.value, factor, f"{value:g}", _words(step_name(method, factor, value), lang))
        for band in scale(method).bands:
            edge = "" if band.edge is None else f"{'≥' if band.inclusive else '>'} {float(band.edge):g}"
            put(method.value, "colour", edge, str(say("risks.colour_name", lang, colour=band.colour.value)))
    for rank in Rank:
        put("", "rank", rank.name.lower(), str(say("risks.rank_name", lang, rank=rank.value)))
    for held in (Held.PLANNED, Held.IN_PLACE):
        put("", "held", held.value, str(say("risks.held_name", lang, held=held.value)))
    put("", "method", company().method.value, "")


def _words(said: Any, lang: str) -> str:
    if isinstance(said, dict):
        return str(said.get(lang) or next(iter(said.values()), ""))
    return str(say(said.key, lang, **said.params))
