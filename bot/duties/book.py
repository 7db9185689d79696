"""Lists as a workbook or YAML: to be filled in, exported, or sent back with the cells to mend marked. Blocking."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from bot.duties.sheet import COLUMNS, TRANSLATED, WORDED, Entry, rows_of, tree_of
from bot.i18n.say import say
from bot.library.reading_rows import Wrong
from bot.library.table_book import TableBook

WIDE = {"scope": 40, "duty": 60, "check": 50, "unit": 36, "post": 24, "code": 22, "above": 22}


def exported(found: Sequence[Entry], lang: str) -> bytes:
    """Lists as a workbook that can be changed and sent back; without any it is the template."""
    rows = rows_of(found)
    used = {name for row in rows for name, value in row.items() if value}
    header = [name for name in COLUMNS if name not in WORDED]
    worded = [name for name in TRANSLATED if name in used or name.endswith(f"_{lang}")]
    return BOOK.written([*header, *worded], rows, lang)


def flat(found: Sequence[Entry]) -> bytes:
    """The same as YAML."""
    return yaml.safe_dump(tree_of(found), allow_unicode=True, sort_keys=False, width=120).encode()


def sentence(wrong: Wrong, lang: str) -> str:
    """What is wrong and what to do."""
    return str(say(f"duties.wrong_{wrong.code}", lang, **wrong.params))


BOOK = TableBook("Duties", sentence, WIDE, TRANSLATED)
