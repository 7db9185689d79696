"""The register as a workbook: to be filled in, exported, or sent back with the cells to mend marked. Blocking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from bot.i18n.say import has, say
from bot.library import table_book
from bot.library.formats.sheets import Sheets
from bot.library.reading_rows import Wrong
from bot.library.table_book import TableBook
from bot.risks.company import company, scale
from bot.risks.model import FACTORS, Held, Method, Rank
from bot.risks.sheet import COLUMNS, TRANSLATED, WORDED, RiskEntry, rows_of
from bot.risks.showing import step_name

RISKS, GUIDE = "Risks", "How"
WIDE = {"task": 34, "step": 26, "hazard": 40, "control": 40, "unit": 38}


def exported(found: Sequence[RiskEntry], lang: str) -> bytes:
    """Risks as a workbook that can be changed and sent back; without any it is the template."""
    rows = rows_of(found)
    return BOOK.written(_header(rows, lang), rows, lang)


def flat(found: Sequence[RiskEntry], lang: str) -> bytes:
    """The same as CSV."""
    rows = rows_of(found)
    return table_book.flat(_header(rows, lang), rows)


def _header(rows: Sequence[Mapping[str, str]], lang: str) -> list[str]:
    used = {name for row in rows for name, value in row.items() if value}
    header = [name for name in COLUMNS if name not in WORDED]
    worded = [name for name in TRANSLATED if name in used or name.endswith(f"_{lang}")]
    at = header.index("step_number") + 1
    return [*header[:at], *worded, *header[at:]]


def sentence(wrong: Wrong, lang: str) -> str:
    """What is wrong with a cell and what to do."""
    return str(say(f"risks.wrong_{wrong.code}", lang, **wrong.params))


def _note(column: str, lang: str) -> str:
    return str(say(f"risks.column_{column}", lang)) if has(f"risks.column_{column}") else ""


def _guide(sheets: Sheets, lang: str) -> None:
    """What may stand in the cells: the company's steps with their words, the bands, the kinds of controls."""
    page: Worksheet = sheets.book.add_worksheet(GUIDE)
    page.set_column(0, 2, 24)
    page.set_column(3, 3, 70, sheets.formats["text"])
    row = 0

    def put(*cells: str) -> None:
        nonlocal row
        for column, cell in enumerate(cells):
            page.write_string(row, column, cell, sheets.formats["text"])
        row += 1

    for method in Method:
        for factor in FACTORS[method]:
            for value in scale(method).steps[factor]:
                put(method.value, factor, f"{value:g}", _words(step_name(method, factor, value), lang))
        for band in scale(method).bands:
            edge = "" if band.edge is None else f"{'≥' if band.inclusive else '>'} {float(band.edge):g}"
            put(method.value, "colour", edge, str(say("risks.colour_name", lang, colour=band.colour.value)))
    for rank in Rank:
        put("", "rank", rank.name.lower(), str(say("risks.rank_name", lang, rank=rank.value)))
    for held in (Held.PLANNED, Held.IN_PLACE):
        put("", "held", held.value, str(say("risks.held_name", lang, held=held.value)))
    put("", "method", company().method.value, "")


def _words(said: Any, lang: str) -> str:
    if isinstance(said, dict):
        return str(said.get(lang) or next(iter(said.values()), ""))
    return str(say(said.key, lang, **said.params))


BOOK = TableBook(RISKS, sentence, WIDE, TRANSLATED, _note, _guide)
