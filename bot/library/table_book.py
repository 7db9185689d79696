"""A room's table as a workbook: to be filled in, exported, or sent back with the cells to mend marked. Blocking."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO

from xlsxwriter.worksheet import Worksheet

from bot.i18n.languages import RIGHT_TO_LEFT
from bot.library.formats.sheets import Lists, Sheets
from bot.library.formats.workbook import cell_name
from bot.library.reading_rows import Wrong, translated
from bot.people.importing.files import Table

MEND = "Problems"
MOST_LISTED = 500
Row = Mapping[str, str]


@dataclass(frozen=True)
class TableBook:
    """How a table of a room looks: the sheet's name, how wide its columns are, and what is said of a wrong cell.

    `note` gives the note on a column's name, empty for none; `guide` adds a sheet of its own behind the others.
    """

    sheet: str
    sentence: Callable[[Wrong, str], str]
    widths: Mapping[str, int] = field(default_factory=dict)
    translated: Collection[str] = ()
    note: Callable[[str, str], str] = lambda column, lang: ""
    guide: Callable[[Sheets, str], None] | None = None

    def written(self, header: Sequence[str], rows: Sequence[Row], lang: str, wrong: Sequence[Wrong] = ()) -> bytes:
        """Rows as a workbook that can be changed and sent back; without any it is the template."""
        sheets = Sheets(lang, Lists())
        page: Worksheet = sheets.book.add_worksheet(self.sheet)
        page.freeze_panes(1, 1)
        for column, name in enumerate(header):
            base = name.rpartition("_")[0] if name in self.translated else name
            page.set_column(column, column, self.widths.get(base, 14), sheets.formats["text"])
            page.write_string(0, column, name, sheets.formats["header"])
            if note := self.note(base, lang):
                page.write_comment(0, column, note, {"x_scale": 2.2, "y_scale": 1.4, "author": "Davy"})
        for at, row in enumerate(rows, 1):
            for column, name in enumerate(header):
                sheets.value(page, at, column, row.get(name, ""), "text")
        if wrong:
            self._mark(sheets, page, header, rows, wrong)
        if self.guide is not None:
            self.guide(sheets, lang)
        if lang in RIGHT_TO_LEFT:
            page.right_to_left()
        return sheets.close()

    def marked(self, table: Table, wrong: Sequence[Wrong], lang: str) -> bytes:
        """A sender's own rows, with the cells to mend in colour, a note on each, and a list of them with links."""
        header = list(table.columns)
        return self.written(
            header, [{name: record[name].text for name in header} for record in table.records], lang, wrong
        )

    def _mark(
        self, sheets: Sheets, page: Worksheet, header: Sequence[str], rows: Sequence[Row], wrong: Sequence[Wrong]
    ) -> None:
        listed: Worksheet = sheets.book.add_worksheet(MEND)
        listed.set_column(0, 0, 12)
        listed.set_column(1, 1, 110, sheets.formats["text"])
        notes: dict[tuple[int, int], list[str]] = {}
        for at, each in enumerate(wrong[:MOST_LISTED]):
            where = (each.row + 1, header.index(each.column) if each.column in header else 0)
            said, name = self.sentence(each, sheets.language), cell_name(*where)
            notes.setdefault(where, []).append(said)
            listed.write_url(at, 0, f"internal:'{self.sheet}'!{name}", sheets.formats["link"], name)
            listed.write_string(at, 1, said, sheets.formats["text"])
        for (row, column), said_here in notes.items():
            value = rows[row - 1].get(header[column], "") if row <= len(rows) else ""
            sheets.value(page, row, column, value or None, "error")
            words = "\n\n".join(said_here)[:4000]
            page.write_comment(row, column, words, {"x_scale": 2.5, "y_scale": 1.6, "author": "Davy"})
        listed.activate()


def header_of(columns: Sequence[str], worded: Collection[str], rows: Sequence[Row], lang: str) -> list[str]:
    """The columns of an export, in their order: one with words once for each language that is used, and for the reader's."""
    used = {name for row in rows for name, value in row.items() if value}
    header: list[str] = []
    for name in columns:
        if name not in worded:
            header.append(name)
            continue
        header += [each for each in translated(name) if each in used or each == f"{name}_{lang}"]
    return header


def flat(header: Sequence[str], rows: Sequence[Row]) -> bytes:
    """The same as CSV in UTF-8 with the mark that spreadsheets look for."""
    out = StringIO()
    table = csv.DictWriter(out, header, restval="", lineterminator="\r\n", extrasaction="ignore")
    table.writeheader()
    # a cell that begins like a formula would be one to a spreadsheet; the space is taken off when it is read again
    table.writerows(
        {name: f" {cell}" if cell[:1] in "=+-@" and cell else cell for name, cell in row.items()} for row in rows
    )
    return out.getvalue().encode("utf-8-sig")
