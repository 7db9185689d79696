"""Rows of a table checked cell by cell: what every room's sheet asks of them. Mistakes are noted at their cells, nothing raises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.i18n.languages import LANGUAGES
from bot.people.importing.files import Record, Table

MOST_WRONG = 500
"""With more mistakes than this a file is the wrong file."""


class Wrong(NamedTuple):
    """A cell to mend: the code of its sentence (`<room>.wrong_<code>`), and what stands in it.

    `row` counts the records from 0; `where` is the spot for people (`B7`, `12:4`).
    """

    code: str
    row: int
    column: str
    params: Mapping[str, Any]
    where: str = ""


def translated(*columns: str) -> tuple[str, ...]:
    """Columns that may stand once more for each language: `task_zh`."""
    return tuple(f"{name}_{lang}" for name in columns for lang in LANGUAGES)


class Rows:
    """The mistakes of a table while it is read. `table` says which columns there are; a file of another shape has none.

    `names_columns`: the sentences say the column, because whoever reads them sees no sheet.
    """

    names_columns = False

    def __init__(self, table: Table | None = None) -> None:
        self.table = table
        self.wrong: list[Wrong] = []

    def note(self, code: str, row: int, record: Record, column: str, **params: Any) -> None:
        """Remembers a cell to mend."""
        if len(self.wrong) < MOST_WRONG:
            cell = record[column]
            where = cell.place.cell or f"{cell.place.line}:{cell.place.column}"
            named = {"column": column} if self.names_columns else {}
            self.wrong.append(Wrong(code, row, column, {"value": cell.text[:60], **named, **params}, where))

    def words(
        self, row: int, record: Record, column: str, base: str, *, most: int, needed: bool = False
    ) -> dict[str, str]:
        """What a column says, by language: the plain column is in `base`. Noted: too long, or missing where it is needed."""
        said = {lang: record[f"{column}_{lang}"].text for lang in LANGUAGES}
        if record[column].text:
            said[base] = record[column].text
        for lang, words in said.items():
            if len(words) > most:
                plain = lang == base and bool(record[column].text)
                self.note("too_long", row, record, column if plain else f"{column}_{lang}", most=most)
        found = {lang: words for lang, words in said.items() if words}
        if needed and not found:
            self.note("missing", row, record, self._where_it_belongs(column, base))
        return found

    def _where_it_belongs(self, column: str, base: str) -> str:
        there = self.table.columns if self.table is not None else ()
        if column in there or f"{column}_{base}" not in there:
            return next((name for name in there if name == column or name.startswith(f"{column}_")), column)
        return f"{column}_{base}"

    def number(self, row: int, record: Record, column: str, most: int, least: int = 1) -> int | None:
        """A whole number, where there is one. Noted where it is none, or beyond what may be."""
        word = record[column].text
        if not word:
            return None
        if word.isascii() and word.isdigit() and len(word) < 18 and least <= int(word) <= most:
            return int(word)
        self.note("bad_number", row, record, column, most=most)
        return None

    def one_of(self, row: int, record: Record, column: str, known: Mapping[str, Any], code: str) -> Any:
        """What a word stands for, whatever its capitals; None and a note where it stands for nothing. `known` is casefolded."""
        word = record[column].text
        if word.casefold() not in known:
            self.note(code, row, record, column)
            return None
        return known[word.casefold()]


def says(record: Record, column: str) -> bool:
    """Whether a column holds something, in whichever language."""
    return any(record[name].text for name in (column, *translated(column)))
