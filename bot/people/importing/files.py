"""Tables from files: CSV in any of our languages' encodings and separators, or the first sheet of a workbook."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import python_calamine

from bot.kit.decoding import decode
from bot.kit.delimited import MOST_CELLS, OpenQuote, TooWide, cells, plain_breaks
from bot.people.importing.problems import Place, Problems

MOST_BYTES = 30_000_000
MOST_UNPACKED = 200_000_000
SEPARATORS = ",;\t|"


class Cell(NamedTuple):
    """What stands somewhere, without spaces around it."""

    text: str
    place: Place


class Record:
    """One row by column name. A column that is not there is an empty cell at the row's beginning."""

    __slots__ = ("_cells", "place")

    def __init__(self, cells: dict[str, Cell], place: Place) -> None:
        self._cells, self.place = cells, place

    def __getitem__(self, column: str) -> Cell:
        return self._cells.get(column) or Cell("", self.place)


@dataclass(frozen=True)
class Table:
    """A file's rows. Empty rows and those that begin with `#` are left out."""

    file: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]


def day(text: str) -> date | None:
    """A date as YYYY-MM-DD; None for anything else."""
    try:
        return date.fromisoformat(text if len(text) == 10 else "?")
    except ValueError:
        return None


def read_table(path: Path, needed: tuple[str, ...], may: tuple[str, ...], problems: Problems) -> Table:
    """The table in a file, with the columns `needed` and `may`; mistakes are noted, never raised."""
    try:
        data = path.read_bytes()
    except OSError as error:
        problems.note(Place(), f"the file cannot be read: {error.strerror}")
        return Table(str(path), (), ())
    return table_of(str(path), data, needed, may, problems)


def table_of(file: str, data: bytes, needed: tuple[str, ...], may: tuple[str, ...], problems: Problems) -> Table:
    """The same, from bytes."""
    nothing = Table(file, (), ())
    if len(data) > MOST_BYTES:
        problems.note(Place(), f"the file is larger than {MOST_BYTES // 1_000_000} MB: is it the right one?")
        return nothing
    workbook = data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    rows = _sheet(data, problems) if workbook else _csv(data, needed + may, problems)
    header = next(rows, None)
    if header is None:
        if not problems:
            problems.note(Place(), f"the file is empty; its first row must name the columns {', '.join(needed)}")
        return nothing
    columns = _columns(header, needed, may, problems)
    if columns is None:
        return nothing
    return Table(file, tuple(c for c in columns if c), tuple(_records(columns, rows, problems)))


def _csv(data: bytes, known: tuple[str, ...], problems: Problems) -> Iterator[list[Cell]]:
    text = decode(data)
    if text is None:
        problems.note(Place(), "the letters cannot be read for sure: save the file as UTF-8 (in Excel: CSV UTF-8)")
        return
    if "\x00" in text:
        problems.note(Place(), "this is neither a CSV file nor a workbook")
        return
    text = plain_breaks(text)
    first = next((line for line in text.split("\n") if line.strip() and not line.lstrip('" ').startswith("#")), "")
    separator = max(SEPARATORS, key=lambda mark: sum(_name(part) in known for part in first.split(mark, MOST_CELLS)))
    try:
        for row in cells(text, separator):
            if any(cell.text for cell in row) and not row[0].text.startswith("#"):
                yield [Cell(cell.text, Place(cell.line, cell.column)) for cell in row]
    except OpenQuote as error:
        words = 'a quotation mark is opened here and never closed: write "" for a mark inside a text'
        problems.note(Place(error.line, error.column), words)
    except TooWide as error:
        problems.note(Place(error.line, 1), f"this row has more than {MOST_CELLS} cells: is it the right file?")


def _sheet(data: bytes, problems: Problems) -> Iterator[list[Cell]]:
    if data.startswith(b"\xd0\xcf"):
        problems.note(Place(), "an old or locked Excel file: save it as .xlsx without a password")
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                problems.note(Place(), "the workbook is too large when unpacked")
                return
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(data))
        name = book.sheet_names[0]
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, zipfile.BadZipFile, IndexError, OSError) as error:
        problems.note(Place(), f"the workbook cannot be opened: {error}")
        return
    for number, row in enumerate(rows, 1):
        found = [
            Cell(_as_text(value), Place(number, at + 1, f"{name}!{_letters(at)}{number}"))
            for at, value in enumerate(row)
        ]
        if any(cell.text for cell in found) and not found[0].text.startswith("#"):
            yield found


def _as_text(value: Any) -> str:
    """A workbook's value as one would have typed it into a CSV."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _letters(at: int) -> str:
    letters, at = "", at + 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _name(text: str) -> str:
    return text.strip().strip('"\ufeff').strip().casefold().replace(" ", "_")


def _columns(header: list[Cell], needed: tuple[str, ...], may: tuple[str, ...], problems: Problems) -> list[str] | None:
    names = [_name(cell.text) for cell in header]
    missing = [name for name in needed if name not in names]
    if len(missing) == len(needed):
        problems.note(header[0].place, f"the first row must name the columns: {', '.join(needed + may)}")
        return None
    for name in missing:
        problems.note(header[0].place, f"there is no column {name!r}")
    seen: set[str] = set()
    for at, (name, cell) in enumerate(zip(names, header, strict=True)):
        if name and name in seen:
            problems.note(cell.place, f"the column {name!r} stands here a second time")
        if name in seen or name not in needed + may:
            names[at] = ""  # other columns are the company's own business
        seen.add(name)
    return None if missing else names


def _records(columns: list[str], rows: Iterator[list[Cell]], problems: Problems) -> Iterator[Record]:
    for row in rows:
        extra = next((cell for cell in row[len(columns) :] if cell.text), None)
        if extra is not None:
            problems.note(extra.place, f"the row has more cells than the first row names ({len(columns)})")
        named = {name: cell for name, cell in zip(columns, row, strict=False) if name}
        yield Record(named, row[0].place)
