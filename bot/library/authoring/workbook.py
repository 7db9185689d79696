"""Lessons in a workbook: the sheet `Lessons`, a row a part (title, card, words of the picture), a column a language.

The first language column is the language in which the lessons are written; the others are translations. Pictures cannot be
in a workbook: they are sent in the chat, to the draft that comes of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.i18n.languages import LANGUAGES
from bot.library.authoring import rules
from bot.library.authoring.model import MOST_CARDS
from bot.library.formats.bank_map import TOPIC
from bot.library.formats.rows import column_name
from bot.library.formats.sheets import Lists, Sheets
from bot.library.formats.workbook import BadWorkbook, Sheet, cell_name, inspect
from bot.library.formats.xlsx_bank import LESSONS, LISTS, cells_of, read_values, sheet_named
from bot.library.model import NOWHERE, Place, Severity
from bot.library.reading import Node, Reading, nearest

FIXED = ("lesson", "topic", "part")
PARTS = ("title", "card", "picture")
MOST_LESSONS = 20
_ID = re.compile(r"[a-z0-9-]{1,30}")


@dataclass(frozen=True)
class Written:
    """A lesson of a workbook: its id, and its content as a draft has it."""

    id: str
    content: dict[str, Any]


def holds_lessons(data: bytes) -> bool:
    """Whether a file is a workbook with a sheet `Lessons`."""
    try:
        return data.startswith(b"PK") and sheet_named(inspect(data), LESSONS) is not None
    except BadWorkbook:
        return False


def read(data: bytes, reading: Reading, topics: Collection[str] = ()) -> list[Written]:
    """The lessons of a workbook; what is wrong is noted in `reading` with its cell."""
    try:
        sheet = sheet_named(inspect(data), LESSONS)
        assert sheet is not None
        values = read_values(data, [sheet.name])[sheet.name]
    except BadWorkbook as bad:
        reading.note(bad.code, NOWHERE, None, **bad.params)
        return []
    for (top, left), (bottom, right) in values.merged:
        place = Place(cell=f"{sheet.name}!{cell_name(top, left)}")
        reading.note("merged_cells", place, to=cell_name(bottom, right))
    rows = list(cells_of(values.rows, sheet, reading))
    at = next((at for at, cells in enumerate(rows) if any(cell.value for cell in cells)), None)
    if at is None:
        reading.note("no_header", columns=", ".join((*FIXED, "en")))
        return []
    columns = _columns(rows[at], reading)
    if columns is None:
        return []
    return _Reader(sheet, reading, columns, topics).lessons(rows[at + 1 :], at + 1)


def _columns(header: Sequence[Node], reading: Reading) -> dict[str, int] | None:
    """Column name -> its number; None where one is missing without which nothing can be read."""
    found: dict[str, int] = {}
    for at, cell in enumerate(header):
        name = column_name(cell.value) if isinstance(cell.value, str) else ""
        if not name or name.startswith("#"):
            continue
        if name in found:
            reading.note("duplicate_column", cell.place, column=name)
        elif name in FIXED or name in LANGUAGES:
            found[name] = at
        else:
            reading.note("unknown_column", cell.place, column=name, guess=nearest(name, [*FIXED, *LANGUAGES]))
    lacking = [name for name in FIXED if name not in found]
    lacking += [] if set(found) & set(LANGUAGES) else ["en"]
    for name in lacking:
        reading.note("missing_column", Place(cell=header[0].place.cell), column=name)
    return None if lacking else found


class _Reader:
    """Row by row: each belongs to the lesson named in it, or in the nearest row above."""

    def __init__(self, sheet: Sheet, reading: Reading, columns: Mapping[str, int], topics: Collection[str]) -> None:
        self._sheet, self._reading, self._columns, self._topics = sheet, reading, columns, topics
        self._languages = sorted((name for name in columns if name in LANGUAGES), key=lambda name: columns[name])
        self._contents: dict[str, dict[str, Any]] = {}
        self._first: dict[str, Place] = {}
        self._id = ""

    def lessons(self, rows: Sequence[Sequence[Node]], first: int) -> list[Written]:
        """All lessons with what they lack noted."""
        for number, cells in enumerate(rows, first):
            if any(cell.value for cell in cells) and not self._reading.full:
                self._row(cells, number)
        for id, content in self._contents.items():
            self._check(id, content)
        if not self._contents and not self._reading.problems:
            self._reading.note("missing_field", Place(cell=f"{self._sheet.name}!A{first + 1}"), field="lesson")
        return [Written(id, content) for id, content in self._contents.items()]

    def _place(self, row: int, name: str) -> Place:
        return Place(cell=f"{self._sheet.name}!{cell_name(row, self._columns[name])}")

    def _cell(self, cells: Sequence[Node], name: str) -> str:
        at = self._columns[name]
        return self._reading.clean(cells[at], name) if at < len(cells) and cells[at].value else ""

    def _row(self, cells: Sequence[Node], row: int) -> None:
        id = self._cell(cells, "lesson").casefold() or self._id
        if id.startswith("#"):
            self._id = id  # an example of the template, with all its rows
            return
        if not _ID.fullmatch(id):
            code = "bad_id" if id else "missing_field"
            more = {"value": id, "guess": re.sub(r"[^a-z0-9]+", "-", id)[:30].strip("-")} if id else {}
            self._reading.note(code, self._place(row, "lesson"), None, field="lesson", **more)
            return
        self._id = id
        if id not in self._contents and len(self._contents) >= MOST_LESSONS:
            self._reading.note("too_many_cards", self._place(row, "lesson"), n=MOST_LESSONS + 1, limit=MOST_LESSONS)
            return
        content = self._contents.setdefault(id, rules.begun(self._languages[0]))
        self._first.setdefault(id, self._place(row, "lesson"))
        self._topic(content, self._cell(cells, "topic"), row)
        part = self._cell(cells, "part").casefold()
        if part not in PARTS:
            code = "unknown_field" if part else "missing_field"
            params = {"field": part, "guess": nearest(part, PARTS), "known": ", ".join(PARTS)}
            self._reading.note(code, self._place(row, "part"), None, **(params if part else {"field": "part"}))
            return
        self._put(content, part, {lang: self._cell(cells, lang) for lang in self._languages}, row)

    def _topic(self, content: dict[str, Any], topic: str, row: int) -> None:
        if not topic:
            return
        if not TOPIC.fullmatch(topic):
            self._reading.note("bad_topic", self._place(row, "topic"), value=topic)
        elif self._topics and topic not in self._topics:
            self._reading.note("unknown_topic", self._place(row, "topic"), topic=topic)
        content["topic"] = topic

    def _put(self, content: dict[str, Any], part: str, texts: Mapping[str, str], row: int) -> None:
        base = self._languages[0]
        if not texts[base]:
            self._reading.note("missing_field", self._place(row, base), field=part)
            return
        said = {lang: words for lang, words in texts.items() if words}
        for lang, words in said.items():
            name = {"title": "title", "card": "card:0", "picture": "twin:0"}[part]
            if limit := rules.too_long(name, words):
                self._reading.note("too_long", self._place(row, lang), field=part, length=len(words), limit=limit)
        if lacking := [lang for lang in self._languages if lang not in said]:
            params = {"id": self._id, "languages": ", ".join(lacking), "fields": part}
            self._reading.note("missing_translation", self._place(row, lacking[0]), Severity.WARNING, **params)
        if part == "title":
            content["title"] = said
        elif part == "card":
            if rules.full(content):
                self._reading.note("too_many_cards", self._place(row, "part"), n=MOST_CARDS + 1, limit=MOST_CARDS)
            else:
                content["cards"].append({"text": said, "file": None, "shows": None, "twin": {}})
        elif content["cards"]:
            content["cards"][-1]["twin"] = said
        else:
            self._reading.note("missing_field", self._place(row, "part"), field="card")

    def _check(self, id: str, content: dict[str, Any]) -> None:
        for name, there in (("title", content["title"]), ("topic", content["topic"]), ("card", content["cards"])):
            if not there:
                self._reading.note("missing_field", self._first[id], field=name)


def template(language: str, lists: Lists, also: Sequence[str] = ()) -> bytes:
    """A workbook to begin with, in the trainer's language; its example is not read, because its id begins with #."""
    sheets = Sheets(language, lists)
    languages = [language, *also]
    rows = [
        ["#example", "STF", "title", sheets.say("lessons_example_title")],
        ["", "", "card", sheets.say("lessons_example_card")],
        ["", "", "picture", sheets.say("lessons_example_picture")],
    ]
    return _written(sheets, languages, rows)


def as_workbook(lessons: Sequence[Written], language: str, lists: Lists, also: Sequence[str] = ()) -> bytes:
    """Lessons as a workbook to change and send back, with columns for these languages besides their own."""
    sheets = Sheets(language, lists)
    base = lessons[0].content["language"] if lessons else language
    spoken = {lang for each in lessons for lang in rules.languages(each.content)} | set(also)
    languages = [base, *sorted(spoken - {base})]
    rows: list[list[str]] = []
    for each in lessons:
        for at, (part, _) in enumerate(rules.parts(each.content)):
            name = {"title": "title", "card": "card", "twin": "picture"}[part.partition(":")[0]]
            head = [each.id, each.content["topic"]] if at == 0 else ["", ""]
            rows.append([*head, name, *(rules.words_of(each.content, part, lang) for lang in languages)])
    return _written(sheets, languages, rows)


def _written(sheets: Sheets, languages: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    sheet = sheets.book.add_worksheet(LESSONS)
    sheet.freeze_panes(1, 3)
    for at, name in enumerate((*FIXED, *languages)):
        sheet.set_column(at, at, 14 if name in FIXED else 60, sheets.formats["text"])
        sheet.write_string(0, at, name, sheets.formats["header"])
        key = f"lessons_column_{name}" if name in FIXED else "lessons_column_language"
        sheet.write_comment(0, at, sheets.say(key), {"x_scale": 2.2, "y_scale": 1.6, "author": "Davy"})
    for number, row in enumerate(rows, 1):
        for at, words in enumerate(row):
            if words:
                sheet.write_string(number, at, words, sheets.formats["text"])
    sheet.data_validation(1, 2, 500, 2, {"validate": "list", "source": list(PARTS)})
    if sheets.lists.topics:
        last = len(sheets.lists.topics)
        rule = {"validate": "list", "source": f"={LISTS}!$A$1:$A${last}", "error_type": "information"}
        sheet.data_validation(1, 1, 500, 1, rule | {"show_error": False})
        hidden = sheets.book.add_worksheet(LISTS)
        for row_at, topic in enumerate(sheets.lists.topics):
            hidden.write_string(row_at, 0, topic)
        hidden.hide()
    return sheets.close()
