"""A file of scores in one of the formats. Slow: only outside transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.assessment.issuing import flat, report, workbook
from bot.assessment.issuing.model import Format
from bot.assessment.issuing.records import Record
from bot.assessment.model import Period
from bot.assessment.scores.model import Policy
from bot.i18n.languages import closest
from bot.i18n.say import localized


def bytes_of(
    format: Format, lang: str, period: Period, records: Sequence[Record], unit: Any, posts: Mapping[str, Any], policy: Policy
) -> bytes:  # fmt: skip
    """The file, in a language. The same scores give the same bytes."""
    lang = closest(lang)
    name = localized(unit, lang) if isinstance(unit, Mapping) else str(unit)
    if format is Format.CSV:
        return flat.csv_bytes(records)
    if format is Format.JSON:
        return flat.json_bytes(records, period, policy, name, lang)
    make = workbook.xlsx_bytes if format is Format.XLSX else report.pdf_bytes
    return make(records, period, policy, name, posts, lang)
