"""What stands in a file at the places of problems, so that whoever mends it sees it where it is told. Runs in the process apart."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from bot.kit.decoding import decode
from bot.library.formats.workbook import BadWorkbook, column_index
from bot.library.formats.xlsx_bank import read_values
from bot.library.model import Problem

MOST, LETTERS = 2000, 300


def quoted(name: str, data: bytes, problems: Sequence[Problem]) -> dict[str, str]:
    """By line or cell, as problems name them; nothing for what cannot be read as text or workbook (a zip)."""
    if data.startswith(b"PK"):
        with suppress(BadWorkbook, KeyError, ValueError):
            return _cells(data, [each.cell for each in problems if each.cell][:MOST])
        return {}
    text = decode(data)
    lines = text.splitlines() if text is not None else []
    wanted = [each.line for each in problems if each.line and not each.cell][:MOST]
    return {str(number): lines[number - 1][:LETTERS] for number in wanted if number <= len(lines)}


def _cells(data: bytes, wanted: Sequence[str]) -> dict[str, str]:
    sheets = list(dict.fromkeys(cell.rpartition("!")[0] for cell in wanted))
    values = read_values(data, sheets) if sheets else {}
    found = {}
    for cell in wanted:
        sheet, _, at = cell.rpartition("!")
        letters = at.rstrip("0123456789")
        row, column = int(at[len(letters) :] or 0) - 1, column_index(letters)
        rows = values[sheet].rows if sheet in values else []
        if 0 <= row < len(rows) and column < len(rows[row]):
            found[cell] = str(rows[row][column])[:LETTERS]
    return found
