"""Lists as a workbook or YAML: to be filled in, exported, or sent back with the cells to mend marked. Blocking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import yaml
from xlsxwriter.worksheet import Worksheet

from bot.duties.sheet import COLUMNS, TRANSLATED, WORDED, Entry, Read, Wrong, rows_of, tree_of
from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import say
from bot.library.formats.sheets import Lists, Sheets
from bot.library.formats.workbook import cell_name

DUTIES, MEND = "Duties", "Problems"
WIDE = {"scope": 40, "duty": 60, "check": 50, "unit": 36, "post": 24, "code": 22, "above": 22}


def exported(found: Sequence[Entry], lang: str) -> bytes:
    """Lists as a workbook that can be changed and sent back; without any it is the template."""
    rows = rows_of(found)
    used = {name for row in rows for name, value in row.items() if value}
    header = [name for name in COLUMNS if name not in WORDED]
    worded = [name for name in TRANSLATED if name in used or name.endswith(f"_{lang}")]
    return _book([*header, *worded], rows, (), lang)


def flat(found: Sequence[Entry]) -> bytes:
    """The same as YAML."""
    return yaml.safe_dump(tree_of(found), allow_unicode=True, sort_keys=False, width=120).encode()


def marked(found: Read, lang: str) -> bytes:
    """A sender's own rows, with the cells to mend in colour, a note on each, and a list of them with links."""
    assert found.table is not None
    header = list(found.table.columns)
    rows = [{name: record[name].text for name in header} for record in found.table.records]
    return _book(header, rows, found.wrong, lang)


def sentence(wrong: Wrong, lang: str) -> str:
    """What is wrong and what to do."""
    return str(say(f"duties.wrong_{wrong.code}", lang, **wrong.params))


def _book(header: Sequence[str], rows: Sequence[Mapping[str, str]], wrong: Sequence[Wrong], lang: str) -> bytes:
    sheets = Sheets(lang, Lists())
    page: Worksheet = sheets.book.add_worksheet(DUTIES)
    page.freeze_panes(1, 1)
    for column, name in enumerate(header):
        page.set_column(column, column, WIDE.get(name.partition("_")[0], 14), sheets.formats["text"])
        page.write_string(0, column, name, sheets.formats["header"])
    for at, row in enumerate(rows, 1):
        for column, name in enumerate(header):
            sheets.value(page, at, column, row.get(name, ""), "text")
    if wrong:
        _mark(sheets, page, header, rows, wrong, lang)
    if lang in RIGHT_TO_LEFT:
        page.right_to_left()
    return sheets.close()


def _mark(
    sheets: Sheets,
    page: Worksheet,
    header: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    wrong: Sequence[Wrong],
    lang: str,
) -> None:
    listed: Worksheet = sheets.book.add_worksheet(MEND)
    listed.set_column(0, 0, 12)
    listed.set_column(1, 1, 110, sheets.formats["text"])
    notes: dict[tuple[int, int], list[str]] = {}
    for at, each in enumerate(wrong):
        where = (each.row + 1, header.index(each.column) if each.column in header else 0)
        notes.setdefault(where, []).append(sentence(each, lang))
        listed.write_url(at, 0, f"internal:'{DUTIES}'!{cell_name(*where)}", sheets.formats["link"], cell_name(*where))
        listed.write_string(at, 1, sentence(each, lang), sheets.formats["text"])
    for (row, column), said in notes.items():
        value = rows[row - 1].get(header[column], "") if row <= len(rows) else ""
        sheets.value(page, row, column, value or None, "error")
        page.write_comment(row, column, "\n\n".join(said)[:4000], {"x_scale": 2.5, "y_scale": 1.6, "author": "Davy"})
    listed.activate()
