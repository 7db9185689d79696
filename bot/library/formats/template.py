"""Workbooks to begin with: an empty template with examples, and a bank as a workbook to change and send back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.library.formats.marked import list_problems
from bot.library.formats.rows import COLUMNS, TEXT_COLUMNS, USUAL
from bot.library.formats.sheets import Lists, Sheets
from bot.library.formats.texts_of import languages_of
from bot.library.formats.xlsx_bank import HELP
from bot.library.kinds.registry import kind_of
from bot.library.model import Bank, Problem, Question

_NO_LISTS = Lists()
_EXAMPLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "one": ("STF", {"right": "b", "said": "a a! b c c!"}),
    "several": ("LAD", {"right": "a,c", "said": "a b b! c"}),
    "true_false": ("MGD", {"right": "false", "said": "a!"}),
    "order": ("FLT", {"said": "a b c"}),
    "match": ("VIS", {"said": "a a= b b= c="}),
    "number": ("LAD", {"right": "1", "tolerance": "0", "said": "unit"}),
    "short": ("NMR", {"said": "right"}),
    "spot": ("STF", {"right": "a", "picture": "spot-store-room.png", "a@": "14, 68", "b@": "33, 58", "said": "a b b!"}),
}
"""For each kind a topic and the cells of its example; `said` lists the columns whose words are in the texts."""
_SAID = str.maketrans({"!": "_belief", "=": "_match"})


def template(language: str, lists: Lists = _NO_LISTS, also: Sequence[str] = ()) -> bytes:
    """An XLSX template in the trainer's language; `also` adds columns for translations into those languages."""
    sheets = Sheets(language, lists)
    rows = [_example(sheets, kind, lists) for kind in _EXAMPLES]
    title = sheets.say("template_title_example")
    return _workbook(sheets, rows, {"bank": "our-own-questions", "language": language, "title": title}, also)


def bank_workbook(bank: Bank, language: str, lists: Lists = _NO_LISTS, problems: Sequence[Problem] = ()) -> bytes:
    """A bank as a workbook with notes in the trainer's language; reading it gives the same questions.

    `problems` of the file that it was read from are listed on a sheet of their own.
    """
    _, *languages = languages_of(bank)
    sheets = Sheets(language, lists)
    rows = [question_row(question, (bank.language, *languages), bank.language) for question in bank.questions]
    titles = {"title" if each == bank.language else f"title:{each}": text for each, text in bank.title.items()}
    return _workbook(sheets, rows, {"bank": bank.id, "language": bank.language, **titles}, languages, problems)


def question_row(question: Question, languages: Sequence[str], base: str) -> dict[str, str]:
    """A question as the cells of a row, by column name."""
    row = {"id": question.id, "kind": question.kind, "topic": question.topic, "lesson": question.lesson or ""}
    row["jurisdictions"], row["facts"] = ", ".join(question.jurisdictions), ", ".join(question.facts)
    row["sources"] = "; ".join(question.sources)
    row["confidence"] = "yes" if question.confidence else ""
    for name, texts in (("stem", question.stem), ("explanation", question.explanation)):
        for language in languages:
            row[name if language == base else f"{name}:{language}"] = texts.get(language, "")
    return row | kind_of(question).to_row(question.payload, languages, base)


def header_of(rows: Sequence[Mapping[str, str]], also: Sequence[str]) -> list[str]:
    """The columns that these rows need, and those that every file has; `also` are the languages of translations."""
    used = {column for row in rows for column, text in row.items() if text}
    header = [column for column in COLUMNS if column in USUAL or column in used]
    typed = any(row["kind"] == "short" for row in rows)  # in no other kind is `right` a text
    return header + [
        f"{name}:{each}" for each in also for name in TEXT_COLUMNS if name in header and (name != "right" or typed)
    ]


def _workbook(
    sheets: Sheets,
    rows: Sequence[Mapping[str, str]],
    settings: Mapping[str, str],
    also: Sequence[str],
    problems: Sequence[Problem] = (),
) -> bytes:
    header = header_of(rows, also)
    sheet = sheets.questions()
    sheets.dress(sheet, header)
    for at, column in enumerate(header):
        sheet.write_string(0, at, column, sheets.formats["header"])
        for number, row in enumerate(rows, 1):
            if text := row.get(column):
                sheet.write_string(number, at, text, sheets.formats["text"])
    sheets.bank(settings)
    if problems:
        list_problems(sheets, problems)
    _help(sheets, header)
    sheets.lists_sheet()
    return sheets.close()


def _help(sheets: Sheets, header: Sequence[str]) -> None:
    sheet = sheets.book.add_worksheet(HELP)
    sheets.turn(sheet)
    sheet.set_column(0, 0, 16, sheets.formats["text"])
    sheet.set_column(1, 1, 110, sheets.formats["text"])
    sheet.write_string(0, 0, sheets.say("template_help_heading"), sheets.formats["title"])
    for step in range(1, 8):
        sheet.merge_range(step, 0, step, 1, sheets.say(f"template_help_{step}"), sheets.formats["text"])
    for row, column in enumerate(dict.fromkeys(column for column in header if ":" not in column), 10):
        sheet.write_string(row, 0, column, sheets.formats["header"])
        sheet.write_string(row, 1, sheets.column_note(column), sheets.formats["text"])


def _example(sheets: Sheets, kind: str, lists: Lists) -> dict[str, str]:
    """An example row; its id begins with # so that it is never published by accident."""
    topic, cells = _EXAMPLES[kind]
    row = {"id": f"#example-{kind.replace('_', '-')}", "kind": kind, "jurisdictions": "any", **cells}
    row["topic"] = topic if topic in lists.topics or not lists.topics else lists.topics[0]
    row["sources"] = sheets.say("template_example_source")
    row["stem"] = sheets.say(f"template_example_{kind}_stem")
    row["explanation"] = sheets.say(f"template_example_{kind}_explanation")
    for column in row.pop("said").split():
        row[column] = sheets.say(f"template_example_{kind}_{column.translate(_SAID)}")
    return row
