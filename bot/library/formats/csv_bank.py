"""Question banks as CSV: commas, semicolons or tabs, quotes, and any line end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.kit.delimited import OpenQuote, cells, plain_breaks
from bot.library.formats.rows import COLUMNS, column_name, known_columns, question_row, read_rows, translated
from bot.library.formats.texts_of import languages_of
from bot.library.model import Bank, Place, Question
from bot.library.reading import Node, Reading

_SETTING = re.compile(r"#\s*([\w:-]+)\s*[:：=]\s*(.*)")


def read_csv(text: str, reading: Reading) -> Bank | None:
    """A bank from CSV text. Lines such as `# language: zh` before the header are settings."""
    text = plain_breaks(text)
    first = next((line for line in text.split("\n") if line.strip(' ,;\t"') and not _is_comment(line)), "")
    delimiter = max(",;\t", key=lambda mark: known_columns(cell.strip(' "') for cell in first.split(mark)))
    rows = _rows(text, delimiter, reading)
    settings: dict[str, Node] = {}
    for row in rows:
        if not any(cell.value for cell in row):
            continue
        if _is_comment(str(row[0].value or "")):
            _take_setting(row, delimiter, settings)
        else:
            return read_rows(row, rows, settings, reading.file, reading)
    if not reading.problems:
        reading.note("no_questions", Place(1, 1))
    return None


def _is_comment(line: str) -> bool:
    return line.lstrip(' "').startswith("#")


def _take_setting(row: list[Node], delimiter: str, settings: dict[str, Node]) -> None:
    line = f"{delimiter} ".join(cell.value for cell in row if isinstance(cell.value, str))
    if found := _SETTING.match(line.strip()):
        settings[column_name(found[1])] = Node(found[2].strip(), row[0].place, row[0].place)


def _rows(text: str, delimiter: str, reading: Reading) -> Iterator[list[Node]]:
    """Rows of cells; a quote that is never closed is noted, and the rest of the file is then not read."""
    try:
        for row in cells(text, delimiter):
            for cell in row:
                if cell.text.startswith("="):
                    reading.note("formula_cell", Place(cell.line, cell.column))
            yield [Node(cell.text or None, Place(cell.line, cell.column)) for cell in row]
    except OpenQuote as error:
        reading.note("csv_quote", Place(error.line, error.column))


def write_csv(bank: Bank) -> bytes:
    """A bank as CSV in UTF-8 with the mark that spreadsheets look for; without questions that `fits` refuses."""
    languages = languages_of(bank)
    header = [*COLUMNS, *translated(languages[1:])]
    rows = (question_row(each, languages, bank.language) for each in bank.questions if fits(each, languages, bank))
    titles = {"title" if each == bank.language else f"title:{each}": words for each, words in bank.title.items()}
    settings = {"bank": bank.id, "language": bank.language, **titles}
    lines = [_cell(f"# {name}: {' '.join(words.split())}") for name, words in settings.items()]
    lines += [",".join(header), *(",".join(_cell(row.get(column, "")) for column in header) for row in rows)]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def fits(question: Question, languages: Sequence[str], bank: Bank) -> bool:
    """Whether every cell stays a text: one that begins with `=` is a formula to a spreadsheet."""
    return not any(cell.startswith("=") for cell in question_row(question, languages, bank.language).values())


def _cell(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if re.search(r'[",;\t\n\r#]|^\s|\s$', text) else text
