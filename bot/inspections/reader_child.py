"""The process in which strangers' checklists are read, under the same bounds as question banks.

python -m bot.inspections.reader_child
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from bot.inspections import keeping, sheet
from bot.inspections.reading import Read, read_text
from bot.kit.decoding import decode
from bot.library import apart_child
from bot.library.formats.workbook import BadWorkbook, inspect

TEXT = (".yaml", ".yml")


def read_file(name: str, data: bytes) -> Read:
    """A file of either form."""
    if name.casefold().endswith(TEXT):
        words = decode(data)
        return Read(broken="1:1") if words is None else read_text(name, words)
    if data.startswith(b"PK"):
        try:
            inspect(data)
        except BadWorkbook as bad:
            return Read(broken=bad.code)
    return sheet.read_rows(name, data)


def read(request: Mapping[str, Any]) -> dict[str, Any]:
    """A file's checklists, or the spots to mend as sentences in the sender's language."""
    found = read_file(str(request["name"]), base64.b64decode(request["data"]))
    return {
        "lists": [keeping.to_json(each) for each in found.lists] if found.good else [],
        "wrong": [sheet.sentence(each, str(request["lang"])) for each in found.wrong],
        "broken": found.broken,
    }


if __name__ == "__main__":
    apart_child.DOES["read"] = read
    apart_child.main()
