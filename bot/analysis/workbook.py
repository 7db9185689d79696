"""An analysis as a workbook: questions, their choices, and how to read it. Real tables, so that they can be sorted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bot.analysis.model import LEAST_COMPARED, LEAST_JUDGED, LEAST_OTHERS, LEAST_SHOWN, Analysis, Item
from bot.analysis.showing import belief, why
from bot.analysis.store import LEFT_LYING, WRITTEN
from bot.assessment.workbook import FORBIDDEN, MADE_ON, MOST_SHEET_NAME, OPTIONS
from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import localized, say
from bot.kit.texts import Text
from bot.library.kinds.registry import choices, grade
from bot.library.model import LETTERS
from bot.library.showing import choice_words, said

QUESTIONS = (
    ("id", 14, "text"), ("version", 9, "count"), ("live", 8, "text"), ("stem", 56, "text"), ("answers", 10, "count"),
    ("right", 10, "count"), ("facility", 11, "share"), ("discrimination", 14, "apart"), ("compared", 12, "count"),
    ("seconds", 11, "count"), ("timed", 11, "count"), ("why", 70, "text"),
)  # fmt: skip
CHOICES = (
    ("id", 14, "text"), ("version", 9, "count"), ("live", 8, "text"), ("choice", 9, "text"), ("words", 48, "text"),
    ("is_right", 9, "text"), ("answers", 10, "count"), ("taken", 10, "count"), ("use", 10, "share"),
    ("belief", 48, "text"), ("idle", 22, "text"),
)  # fmt: skip
"""Each column by its code, its width and what it holds."""
FORMS = {"text": {}, "count": {"num_format": "0"}, "share": {"num_format": "0 %"}, "apart": {"num_format": "0.00"}}
Cell = str | int | float | None


def xlsx_bytes(made: Analysis, lang: str) -> bytes:
    """The workbook, in the language of who asked. Cells are written as words or numbers, never as formulas."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    title = str(say("analysis.file_title", lang, title=localized(said(made.title), lang)))
    book.set_properties({"title": title, "author": "Davy", "created": MADE_ON})
    forms = {name: book.add_format(form) for name, form in FORMS.items()}
    head = book.add_format({"text_wrap": True, "valign": "top"})
    pages = (
        ("questions", QUESTIONS, [_question(item, lang) for item in made.items]),
        ("choices", CHOICES, [row for item in made.items for row in _choices(item, lang)]),
    )
    for name, columns, lines in pages:
        page = book.add_worksheet(_name(name, lang))
        _table(page, name, columns, lines, forms, head, lang)
        if lang in RIGHT_TO_LEFT:
            page.right_to_left()
    _guide(book, book.add_worksheet(_name("guide", lang)), title, lang)
    book.close()
    return out.getvalue()


def _name(key: str, lang: str) -> str:
    return str(say(f"analysis.sheet_{key}", lang)).translate(FORBIDDEN)[:MOST_SHEET_NAME]


def _table(
    page: Worksheet,
    name: str,
    columns: Sequence[tuple[str, int, str]],
    lines: Sequence[Sequence[Cell]],
    forms: dict[str, Format],
    head: Format,
    lang: str,
) -> None:
    heads = [{"header": _head(code, lang), "format": forms[form], "header_format": head} for code, _, form in columns]
    # a table needs a row of data, also where there is nothing
    last = max(1, len(lines))
    style = {"name": name.title(), "style": "Table Style Light 1", "columns": heads}
    page.add_table(0, 0, last, len(columns) - 1, style)
    for number, line in enumerate(lines, 1):
        for place, (value, (_, _, form)) in enumerate(zip(line, columns, strict=True)):
            if isinstance(value, str):
                page.write_string(number, place, value)
            elif value is not None:
                page.write_number(number, place, value, forms[form])
    for place, (_, width, _) in enumerate(columns):
        page.set_column(place, place, width)
    page.set_row(0, 34)
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _head(code: str, lang: str) -> str:
    return str(say(f"analysis.c_{code}", lang))


def _yes(value: bool, lang: str) -> str:
    return str(say("analysis.yes" if value else "analysis.no", lang))


def _question(item: Item, lang: str) -> list[Cell]:
    figures, shown = item.figures, item.figures.count >= LEAST_SHOWN
    compared = shown and figures.discrimination is not None and figures.compared >= LEAST_COMPARED
    timed = shown and figures.seconds is not None
    reasons = " ".join(_said(why(item, reason), lang) for reason in item.reasons)
    return [
        item.content.id, figures.version, _yes(item.live, lang), localized(said(item.content.stem), lang), figures.count,
        figures.right if shown else None, round(figures.facility, 4) if shown else None,
        round(figures.discrimination or 0, 4) if compared else None, figures.compared if shown else None,
        round(figures.seconds or 0) if timed else None, figures.timed if shown else None,
        reasons or ("" if figures.count >= LEAST_JUDGED else str(say("analysis.too_few", lang, least=LEAST_JUDGED))),
    ]  # fmt: skip


def _choices(item: Item, lang: str) -> Iterable[list[Cell]]:
    if item.content.kind not in WRITTEN:
        return
    figures, shown = item.figures, item.figures.count >= LEAST_SHOWN
    right = grade(item.content, ()).right_positions
    for choice in choices(item.content):
        at, taken = choice.position, figures.taken.get(choice.position, 0)
        held = "" if at in right else _said(belief(item.content, (at,)), lang)
        yield [
            item.content.id, figures.version, _yes(item.live, lang), LETTERS[at].upper(),
            _said(choice_words(choice), lang), _yes(at in right, lang), figures.count, taken if shown else None,
            round(taken / figures.count, 4) if shown else None, held,
            str(say("analysis.hardly_taken", lang)) if at in item.idle else "",
        ]  # fmt: skip


def _said(words: Any, lang: str) -> str:
    """A text of ours or one in several languages, in this one."""
    if isinstance(words, Text):
        return str(say(words.key, lang, **words.params))
    return localized(words, lang) if words else ""


def _guide(book: xlsxwriter.Workbook, page: Worksheet, title: str, lang: str) -> None:
    bold, large = book.add_format({"bold": True, "valign": "top"}), book.add_format({"bold": True, "font_size": 14})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 96)
    page.write_string(0, 0, title, large)
    values: dict[str, Any] = {
        "shown": LEAST_SHOWN, "judged": LEAST_JUDGED, "compared": LEAST_COMPARED, "others": LEAST_OTHERS,
        "minutes": LEFT_LYING // 60,
    }  # fmt: skip
    explained = ("answers", "facility", "discrimination", "seconds", "use", "why", "live")
    data = [[_head(code, lang), str(say(f"analysis.d_{code}", lang, **values))] for code in explained]
    heads = [str(say(key, lang)) for key in ("assessment.guide_column", "assessment.guide_meaning")]
    columns = [{"header": heads[0], "format": bold}, {"header": heads[1], "format": wrapped}]
    style = {"name": "Guide", "style": "Table Style Light 1", "autofilter": False, "columns": columns}
    page.add_table(2, 0, 2 + len(data), 1, style)
    for number, (name, meaning) in enumerate(data, 3):
        page.write_string(number, 0, name, bold)
        page.write_string(number, 1, meaning, wrapped)
    page.hide_gridlines(2)
