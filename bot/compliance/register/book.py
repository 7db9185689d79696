"""The register as a workbook: exported, to be filled in, or sent back with the cells to mend marked. Blocking."""

from __future__ import annotations

from collections.abc import Sequence

from bot.compliance.register.sheet import COLUMNS, TRANSLATED, WORDED, LawEntry, rows_of
from bot.i18n.say import say
from bot.library import table_book
from bot.library.reading_rows import Wrong
from bot.library.table_book import TableBook, header_of

WIDE = {"title": 40, "changes": 50, "binds": 30, "source": 40, "code": 18}


def exported(found: Sequence[LawEntry], lang: str) -> bytes:
    """Entries as a workbook that can be changed and sent back; without any it is the template."""
    rows = rows_of(found)
    return BOOK.written(header_of(COLUMNS, WORDED, rows, lang), rows, lang)


def flat(found: Sequence[LawEntry], lang: str) -> bytes:
    """The same as CSV."""
    rows = rows_of(found)
    return table_book.flat(header_of(COLUMNS, WORDED, rows, lang), rows)


def sentence(wrong: Wrong, lang: str) -> str:
    """What is wrong with a cell and what to do."""
    return str(say(f"compliance.register.wrong_{wrong.code}", lang, **wrong.params))


def _note(column: str, lang: str) -> str:
    return str(say("compliance.register.column", lang, name=column))


BOOK = TableBook("Register", sentence, WIDE, TRANSLATED, _note)
