"""A bank as CSV, for a spreadsheet or a script."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.library.formats.template import header_of, question_row
from bot.library.formats.texts_of import languages_of
from bot.library.model import Bank, Question

FORMULA = re.compile(r"[=@]|[+-][^\n]*[|(!]")
"""What a spreadsheet would work out. A number with its sign is none: an option may be `-5`."""


def write_csv(bank: Bank) -> bytes:
    """A bank as CSV in UTF-8 with the mark that spreadsheets look for; without questions that `fits` refuses."""
    languages = languages_of(bank)
    rows = [question_row(each, languages, bank.language) for each in bank.questions if fits(each, languages, bank)]
    header = header_of(rows, languages[1:])
    titles = {"title" if each == bank.language else f"title:{each}": words for each, words in bank.title.items()}
    settings = {"bank": bank.id, "language": bank.language, **titles}
    lines = [_cell(f"# {name}: {' '.join(words.split())}") for name, words in settings.items()]
    lines += [",".join(header), *(",".join(_cell(row.get(column, "")) for column in header) for row in rows)]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def fits(question: Question, languages: Sequence[str], bank: Bank) -> bool:
    """Whether every cell stays a text: one that begins with `=` or `@`, or calls something behind a sign, is a formula."""
    return not any(FORMULA.match(cell) for cell in question_row(question, languages, bank.language).values())


def _cell(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if re.search(r'[",;\t\n\r#]|^\s|\s$', text) else text
