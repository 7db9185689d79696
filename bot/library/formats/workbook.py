"""Opening a workbook from a stranger: limits before anything is unpacked, and what its sheets hold besides values.

A workbook is a zip of XML. Everything here reads with bounds, so that a small file cannot become a large memory: the
sizes in the zip's directory are checked first and held to while reading; cells far away are refused before the reader
of values would make room for all cells in between.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

MAX_UNPACKED = 80_000_000
MAX_ENTRIES = 1_000
MAX_ROWS = 12_000
MAX_COLUMNS = 300
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class BadWorkbook(Exception):
    """The workbook cannot be read; `code` and `params` are those of the problem to note."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(slots=True)
class Sheet:
    """What a sheet holds besides its values: cells with formulas and with errors as (row, column) from 0."""

    name: str
    path: str
    hidden: bool = False
    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)


def inspect(data: bytes) -> dict[str, Sheet]:
    """The sheets by name, in the workbook's order; BadWorkbook when it is too large, broken or has macros."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_sizes(archive)
            sheets = _sheets(archive)
            for sheet in sheets.values():
                _scan(archive, sheet)
            return sheets
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadWorkbook("broken_workbook") from error
    except (ParseError, DefusedXmlException, expat.ExpatError, LookupError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise BadWorkbook("broken_workbook") from error


def _check_sizes(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise BadWorkbook("workbook_bomb", limit=MAX_UNPACKED // 1_000_000)
    if any("vbaproject" in entry.filename.casefold() for entry in entries):
        raise BadWorkbook("macros")
    if any(entry.flag_bits & 1 for entry in entries):
        raise BadWorkbook("old_excel")


def _sheets(archive: zipfile.ZipFile) -> dict[str, Sheet]:
    targets = _targets(archive)
    book = defusedxml.ElementTree.fromstring(_read(archive, "xl/workbook.xml"))
    sheets: dict[str, Sheet] = {}
    for each in book.iter():
        if each.tag.rpartition("}")[2] == "sheet":
            target = targets.get(each.get(_REL, ""), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            name = each.get("name", "")
            sheets[name] = Sheet(name, path, each.get("state", "visible") != "visible")
    return sheets


def _targets(archive: zipfile.ZipFile) -> Mapping[str, str]:
    relations = defusedxml.ElementTree.fromstring(_read(archive, "xl/_rels/workbook.xml.rels"))
    return {each.get("Id", ""): each.get("Target", "") for each in relations}


def _read(archive: zipfile.ZipFile, path: str) -> bytes:
    with archive.open(path) as stream:
        data = stream.read(MAX_UNPACKED // 10)
        if stream.read(1):
            raise BadWorkbook("workbook_bomb", limit=MAX_UNPACKED // 1_000_000)
        return bytes(data)


def _scan(archive: zipfile.ZipFile, sheet: Sheet) -> None:
    """Walk a sheet's XML once, streaming: far cells are refused, formulas remembered, document types forbidden."""
    scanner = _Scanner(sheet)
    parser = expat.ParserCreate()
    parser.StartElementHandler = scanner.start
    parser.StartDoctypeDeclHandler = scanner.forbid
    with archive.open(sheet.path) as stream:
        left = MAX_UNPACKED
        while chunk := stream.read(1 << 16):
            left -= len(chunk)
            if left < 0:
                raise BadWorkbook("workbook_bomb", limit=MAX_UNPACKED // 1_000_000)
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


class _Scanner:
    """Follows rows and cells; a cell without a reference stands right of the one before, as readers take it."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.row, self.column = -1, -1

    def forbid(self, *_: object) -> None:
        """No document type belongs into a workbook."""
        raise BadWorkbook("broken_workbook")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """See one element begin."""
        name = tag.rpartition(":")[2]
        if name == "c":
            found = _CELL.fullmatch(attributes.get("r", ""))
            if found:
                self.column, self.row = column_index(found[1]), int(found[2]) - 1
            else:
                self.column += 1
            if self.row >= MAX_ROWS or self.column >= MAX_COLUMNS:
                raise BadWorkbook("sheet_too_large", sheet=self.sheet.name, rows=MAX_ROWS, columns=MAX_COLUMNS)
            if attributes.get("t") == "e":
                self.sheet.errors.add((self.row, self.column))
        elif name == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isascii() and number.isdigit() else self.row + 1
            self.column = -1
        elif name == "f":
            self.sheet.formulas.add((self.row, self.column))


def column_index(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def cell_name(row: int, column: int) -> str:
    """(0, 0) is A1."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
