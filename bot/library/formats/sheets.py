"""Writing workbooks for trainers: the sheet Questions with its drop-downs and notes, the sheets Bank and Lists.

Every cell is written as text, so that nothing typed or sent becomes a formula, a date or a number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import say
from bot.library.formats.rows import COLUMNS, SETTINGS, column_name
from bot.library.formats.workbook import cell_name
from bot.library.formats.xlsx_bank import BANK, LISTS, QUESTIONS
from bot.library.kinds.registry import KINDS
from bot.library.model import (
    ANY,
    EXPLANATION_LIMIT,
    LETTERS,
    MAX_QUESTIONS,
    MISCONCEPTION_LIMIT,
    OPTION_LIMIT,
    STEM_LIMIT,
)

WIDTHS = {"id": 14, "kind": 11, "topic": 8, "lesson": 20, "jurisdictions": 13, "facts": 14, "sources": 26, "right": 8}
WIDE = {"stem": 48, "explanation": 42}
DEFAULT_JURISDICTIONS = (ANY, "CN", "EU", "UK", "US")
_LIMITS = {"stem": STEM_LIMIT, "explanation": EXPLANATION_LIMIT}


@dataclass(frozen=True, slots=True)
class Lists:
    """What the drop-downs offer besides what this program knows itself."""

    topics: Sequence[str] = ()
    lessons: Sequence[str] = ()
    jurisdictions: Sequence[str] = DEFAULT_JURISDICTIONS


@dataclass(slots=True)
class Sheets:
    """A workbook being written in a language."""

    language: str
    lists: Lists
    buffer: BytesIO = field(default_factory=BytesIO)
    book: Any = None
    formats: dict[str, Format] = field(default_factory=dict)

    def __post_init__(self) -> None:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        }
        self.book = xlsxwriter.Workbook(self.buffer, options)
        # The same questions give the same bytes.
        self.book.set_properties({"created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})
        top = {"valign": "top", "text_wrap": True}
        self.formats = {
            "text": self.book.add_format({**top, "num_format": "@"}),
            "header": self.book.add_format({"bold": True, "bg_color": "#D9E2EC", "border": 1, "num_format": "@"}),
            "error": self.book.add_format({**top, "num_format": "@", "bg_color": "#F8C9C4", "border": 2}),
            "warning": self.book.add_format({**top, "num_format": "@", "bg_color": "#FCE8B2", "border": 1}),
            "date": self.book.add_format({**top, "num_format": "yyyy-mm-dd"}),
            "title": self.book.add_format({"bold": True, "font_size": 14}),
            "link": self.book.add_format({"font_color": "#0B5CAD", "underline": 1, "valign": "top"}),
        }

    def say(self, key: str, **params: Any) -> str:
        """One of the library's texts in the trainer's language."""
        return str(say(f"library.{key}", self.language, **params))

    def close(self) -> bytes:
        """The finished workbook."""
        self.book.close()
        return self.buffer.getvalue()

    def questions(self, name: str = QUESTIONS) -> Worksheet:
        """An empty sheet for questions, its first row frozen."""
        sheet: Worksheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        return sheet

    def turn(self, sheet: Worksheet) -> None:
        """A sheet of our own words reads as its reader does; sheets of questions keep their columns where files have them."""
        if self.language in RIGHT_TO_LEFT:
            sheet.right_to_left()

    def dress(self, sheet: Worksheet, header: Sequence[str], notes: bool = True) -> None:
        """Widths, notes on the header's cells, and drop-downs below them."""
        for at, title in enumerate(header):
            column = column_name(title)
            base = column.partition(":")[0]
            sheet.set_column(at, at, WIDTHS.get(base, WIDE.get(base, 24)), self.formats["text"])
            if notes and (note := self.column_note(column)):
                sheet.write_comment(0, at, note, {"x_scale": 2.2, "y_scale": 1.4, "author": "Davy"})
            self._drop_down(sheet, at, column)

    def column_note(self, column: str) -> str:
        """What belongs into a column."""
        base, _, language = column.partition(":")
        if language:
            return self.say("template_column_translation", column=base, language=language)
        if base in LETTERS and base:
            return self.say("template_column_option", limit=OPTION_LIMIT)
        if base.endswith("!"):
            return self.say("template_column_misconception", limit=MISCONCEPTION_LIMIT)
        if base.endswith("="):
            return self.say("template_column_match", limit=OPTION_LIMIT)
        if base.endswith("@"):
            return self.say("template_column_spot")
        if base not in COLUMNS:
            return ""
        params = {"limit": _LIMITS[base]} if base in _LIMITS else {}
        return self.say(f"template_column_{base}", **params)

    def _drop_down(self, sheet: Worksheet, at: int, column: str) -> None:
        offered = self._offered()
        if not offered.get(column):
            return
        place = list(offered).index(column)
        last = cell_name(len(offered[column]) - 1, place)
        letters = last.rstrip("0123456789")
        strict = column == "kind"
        rule = {
            "validate": "list",
            "source": f"={LISTS}!${letters}$1:${letters}${len(offered[column])}",
            "error_type": "stop" if strict else "information",
            "show_error": strict,
        }
        sheet.data_validation(1, at, MAX_QUESTIONS, at, rule)

    def _offered(self) -> Mapping[str, Sequence[str]]:
        return {
            "kind": sorted(KINDS),
            "topic": self.lists.topics,
            "jurisdictions": self.lists.jurisdictions,
            "right": (*LETTERS, "true", "false"),
            "confidence": ("yes", "no"),
            "lesson": self.lists.lessons,
        }

    def lists_sheet(self) -> None:
        """The hidden sheet the drop-downs look at: lists in a rule itself may have 255 characters only."""
        sheet = self.book.add_worksheet(LISTS)
        for at, values in enumerate(self._offered().values()):
            for row, value in enumerate(values):
                sheet.write_string(row, at, value)
        sheet.hide()

    def bank(self, values: Mapping[str, str], notes: bool = True) -> None:
        """The sheet with the bank's id, language and title."""
        sheet = self.book.add_worksheet(BANK)
        sheet.set_column(0, 0, 14, self.formats["text"])
        sheet.set_column(1, 1, 40, self.formats["text"])
        sheet.set_column(2, 2, 90)
        for row, name in enumerate([*SETTINGS, *(name for name in values if name not in SETTINGS)]):
            sheet.write_string(row, 0, name, self.formats["header"])
            sheet.write_string(row, 1, values.get(name, ""), self.formats["text"])
            if notes and name in SETTINGS:
                sheet.write_string(row, 2, f"# {self.say(f'template_{name}')}")

    def value(self, sheet: Worksheet, row: int, column: int, value: object, style: str) -> None:
        """One value as it was: text stays text, and a number a number."""
        look = self.formats[style]
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, look)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, look)
        elif isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
            sheet.write_datetime(row, column, value, self.formats["date"] if style == "text" else look)
        elif value == "" or value is None:
            if style != "text":
                sheet.write_blank(row, column, None, look)
        else:
            sheet.write_string(row, column, str(value)[:32767], look)
