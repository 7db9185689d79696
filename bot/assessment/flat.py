"""The export as CSV and as JSON: for programs, so that heads are codes, the same in every language."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

from bot.assessment import rules, wording
from bot.assessment.model import COLUMNS, SCHEMA, Column, Line, Sheet, Type
from bot.kit.delimited import harmless

BOM = b"\xef\xbb\xbf"
"""Without it Excel reads names in Chinese or with accents wrongly."""


def csv_bytes(sheet: Sheet) -> bytes:
    """A line for each person. A share of nothing is empty: it is not 0."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.code for column in COLUMNS])
    for line in sheet.lines:
        writer.writerow([_cell(line, column, sheet.lang) for column in COLUMNS])
    return BOM + out.getvalue().encode()


def _cell(line: Line, column: Column, lang: str) -> str:
    if column.code == "note":
        return harmless(wording.note(line, lang))
    found = rules.value(line, column)
    if found is None:
        return ""
    return f"{found:.4f}" if column.type is Type.SHARE else harmless(found) if isinstance(found, str) else str(found)


def json_bytes(sheet: Sheet) -> bytes:
    """`{schema, company, period, columns, people, totals}`; every column says what it is."""
    totals = rules.totals(sheet.lines)
    made = {
        "schema": SCHEMA,
        "company": sheet.company,
        "language": sheet.lang,
        "period": {"from": sheet.period.starts.isoformat(), "to": sheet.period.ends.isoformat()},
        "how_to_read": wording.guide(sheet.lang),
        "columns": [_column(column, sheet.lang) for column in COLUMNS],
        "people": [_record(line, sheet.lang) for line in sheet.lines],
        "totals": {column.code: _value(totals, column) for column in COLUMNS if column.type is not Type.TEXT},
    }
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()


def _column(column: Column, lang: str) -> dict[str, str]:
    made = {"code": column.code, "type": column.type.value, "title": wording.head(column, lang)}
    made["definition"] = wording.meaning(column, lang)
    return made | ({"part": column.part, "whole": column.whole} if column.type is Type.SHARE else {})


def _record(line: Line, lang: str) -> dict[str, Any]:
    return {c.code: wording.note(line, lang) or None if c.code == "note" else _value(line, c) for c in COLUMNS}


def _value(line: Line, column: Column) -> Any:
    found = rules.value(line, column)
    return round(found, 4) if isinstance(found, float) else found
