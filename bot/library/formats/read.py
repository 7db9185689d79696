"""The one way in: bytes and a name become a bank and its problems. Never raises for what a file holds."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import PurePath

from bot.kit.decoding import decode
from bot.library.formats.aiken_bank import LOOK as AIKEN
from bot.library.formats.aiken_bank import read_aiken
from bot.library.formats.csv_bank import read_csv
from bot.library.formats.gift_bank import read_gift
from bot.library.formats.moodle_bank import read_moodle
from bot.library.formats.xlsx_bank import read_xlsx
from bot.library.formats.yaml_bank import read_yaml
from bot.library.formats.zip_bank import Picture, read_zip
from bot.library.model import MAX_BYTES, Bank, Place, Problem
from bot.library.reading import Reading

_GIFT = re.compile(r"(?m)^[ \t]*(?:::|\$CATEGORY:|//[ \t]*davy)|(?<!\\)\{[ \t]*\r?\n?[ \t]*(?:[=~#}]|T|F)")
"""What only a GIFT file has: titles, categories, answers in braces."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"Rar!", b"\x1f\x8b", b"7z\xbc\xaf", b"\x7fELF")
TOP = Place(1, 1)


def read_bank(name: str, data: bytes, language: str = "en") -> tuple[Bank | None, list[Problem]]:
    """The bank in a file, with every problem of its form; what its content deserves is said by `checks`.

    The format is told by content first and the name second. `language` is that of plain strings where the file does not
    say. The bank holds the questions that could be read; it is None when none could be looked for.
    """
    return read_with_pictures(name, data, language)[:2]


def read_with_pictures(
    name: str, data: bytes, language: str = "en"
) -> tuple[Bank | None, list[Problem], tuple[Picture, ...]]:
    """The same, with the pictures that came in a zip."""
    reading = Reading(name, language)
    if not data.startswith(b"PK") or _is_workbook(data, PurePath(name).suffix.casefold()):
        return _read(name, data, reading), reading.problems, ()
    if len(data) > MAX_BYTES:
        reading.note("too_big", size=len(data) // 1_000_000 + 1, limit=MAX_BYTES // 1_000_000)
        return None, reading.problems, ()
    bank, pictures = read_zip(data, reading, lambda inner, found: _read(inner, found, reading))
    return bank, reading.problems, pictures


def _read(name: str, data: bytes, reading: Reading) -> Bank | None:
    ending = PurePath(name).suffix.casefold()
    if len(data) > MAX_BYTES:
        reading.note("too_big", size=len(data) // 1_000_000 + 1, limit=MAX_BYTES // 1_000_000)
        return None
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        reading.note("empty_file")
        return None
    if data.startswith(_OLE) or ending == ".xls":
        reading.note("old_excel")
        return None
    if data.startswith(b"PK"):
        return read_xlsx(data, reading) if _is_workbook(data, ending) else _unknown(name, reading)
    if ending in (".xlsx", ".xlsm"):
        reading.note("broken_workbook")
        return None
    if ending == ".zip":
        reading.note("broken_zip", detail="PK")
        return None
    if data.startswith(_FOREIGN):
        return _unknown(name, reading)
    text = decode(data)
    if text is None:
        reading.note("encoding_unknown", TOP)
        return None
    return _read_text(text, ending, name, reading)


def _read_text(text: str, ending: str, name: str, reading: Reading) -> Bank | None:
    """A text by what is in it; only where that does not tell, by its name."""
    if ending in (".yaml", ".yml") or (ending not in (".csv", ".tsv") and _looks_like_yaml(text)):
        return read_yaml(text, reading)
    if ending == ".xml" or text.lstrip("\ufeff \t\r\n").startswith(("<?xml", "<quiz")):
        return read_moodle(text, reading)
    if ending == ".gift":
        return read_gift(text, reading)
    if ending in (".csv", ".tsv"):
        return read_csv(text, reading)
    if ending not in (".txt", ".aiken", ""):
        return _unknown(name, reading)
    if ending == ".aiken" or (AIKEN.search(text) and not _GIFT.search(text)):
        return read_aiken(text, reading)
    return read_gift(text, reading) if _GIFT.search(text) else read_csv(text, reading)


def _is_workbook(data: bytes, ending: str) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return any(entry.startswith("xl/") for entry in archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return ending in (".xlsx", ".xlsm")


def _looks_like_yaml(text: str) -> bool:
    return any(line.startswith(("questions:", "bank:")) for line in text.splitlines()[:50])


def _unknown(name: str, reading: Reading) -> Bank | None:
    reading.note("unknown_format", name=PurePath(name).suffix or name[:40])
    return None
