"""Scores as a workbook: tables that can be filtered, native charts, and the policy in words. Cells are never formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bot.assessment.issuing import figures
from bot.assessment.issuing.figures import MEASURES, PEOPLE, SPREAD, UNITS, WHY, Cell, Column
from bot.assessment.issuing.records import Record, unit_of
from bot.assessment.model import Period
from bot.assessment.scores import showing
from bot.assessment.scores.model import Measure, Policy
from bot.assessment.workbook import FORBIDDEN, MADE_ON, MOST_SHEET_NAME, OPTIONS
from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import render, say

FORMS: dict[str, dict[str, Any]] = {
    "text": {},
    "count": {"num_format": "0"},
    "points": {"num_format": "0.0"},
    "share": {"num_format": "0 %"},
}
COLOURS = ("#8a4b08", "#3b6ea5")
STYLE = "Table Style Light 1"
LETTERS = 115
"""So many stand in a line of the page with the policy."""


class Book:
    """A workbook in one language."""

    def __init__(self, out: BytesIO, title: str, lang: str) -> None:
        self.lang, self.title = lang, title
        self.book = xlsxwriter.Workbook(out, OPTIONS)
        self.book.set_properties({"title": title, "author": "Davy", "created": MADE_ON})
        self.forms: dict[str, Format] = {name: self.book.add_format(form) for name, form in FORMS.items()}
        reading = {"text_wrap": True, "valign": "top", "reading_order": 2 if lang in RIGHT_TO_LEFT else 1}
        self.head, self.wrapped = self.book.add_format(reading | {"bold": True}), self.book.add_format(reading)

    def say(self, key: str, **values: Any) -> str:
        """A text of this room's in the language of the workbook."""
        return str(say(f"assessment.issuing.{key}", self.lang, **values))

    def page(self, key: str) -> Worksheet:
        """A new sheet."""
        made: Worksheet = self.book.add_worksheet(self.say(f"sheet_{key}").translate(FORBIDDEN)[:MOST_SHEET_NAME])
        made.set_landscape()
        made.set_paper(9)
        made.fit_to_pages(1, 0)
        made.set_header("&L" + self.title.replace("&", "&&"))
        made.set_footer("&R&P / &N")
        if self.lang in RIGHT_TO_LEFT:
            made.right_to_left()
        return made

    def table(
        self, page: Worksheet, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], at: int = 0
    ) -> int:
        """A table with filters from a row on; answers its last row. A table needs a row, also where there is nothing."""
        last = at + max(1, len(rows))
        heads = [
            {"header": self.say(f"c_{column.code}"), "format": self.forms[column.kind], "header_format": self.head}
            for column in columns
        ]
        page.add_table(at, 0, last, len(columns) - 1, {"name": name, "style": STYLE, "columns": heads})
        for number, row in enumerate(rows, at + 1):
            for place, (value, column) in enumerate(zip(row, columns, strict=True)):
                if isinstance(value, str):
                    page.write_string(number, place, value)
                elif value is not None:
                    page.write_number(number, place, value, self.forms[column.kind])
        for place, column in enumerate(columns):
            page.set_column(place, place, column.width)
        page.set_row(at, 32)
        return last


def xlsx_bytes(
    records: Sequence[Record], period: Period, policy: Policy, unit: str, posts: Mapping[str, Any], lang: str
) -> bytes:
    """The workbook. The same scores give the same bytes."""
    out = BytesIO()
    title = str(
        say("assessment.issuing.title", lang, unit=unit, starts=period.starts.isoformat(), ends=period.ends.isoformat())
    )
    made = Book(out, title, lang)
    page = made.page("scores")
    made.table(page, "Scores", PEOPLE, [_person(made, record, posts) for record in records])
    page.freeze_panes(1, 2)
    page.repeat_rows(0)
    _coloured(made, page, len(records))
    why = made.page("why")
    made.table(why, "Why", WHY, [_line(made, record, line) for record in records for line in record["lines"]])
    why.freeze_panes(1, 2)
    why.repeat_rows(0)
    _charts(made, records)
    _policy(made, policy, posts)
    made.book.close()
    return out.getvalue()


def _person(made: Book, record: Record, posts: Mapping[str, Any]) -> list[Cell]:
    why = figures.note(record)
    return [
        record["badge"], record["name"], unit_of(record), figures.post_of(record, posts, made.lang),
        figures.points(record["total"]), record["opportunities"], record["days"], len(record["excused"]),
        made.say(f"note_{why}") if why else "",
    ]  # fmt: skip


def _line(made: Book, record: Record, line: Record) -> list[Cell]:
    done, why = len(line["done"]), figures.line_note(line)
    return [
        record["badge"], record["name"], _measure(made, Measure(line["measure"])), done, done + len(line["missed"]),
        figures.points(line["points"]), figures.points(line["most"]), len(line["left_out"]),
        made.say(f"note_{why}") if why else "",
    ]  # fmt: skip


def _measure(made: Book, measure: Measure) -> str:
    return str(render(showing.name(measure), made.lang))


def _coloured(made: Book, page: Worksheet, count: int) -> None:
    """Bars in the column of scores, from 0 to 100: a length is read quicker than a number."""
    place = [column.code for column in PEOPLE].index("score")
    bar = {"type": "data_bar", "bar_color": "#e3c9a8", "bar_solid": True, "min_type": "num", "max_type": "num"}
    page.conditional_format(1, place, max(1, count), place, bar | {"min_value": 0, "max_value": 100})


def _charts(made: Book, records: Sequence[Record]) -> None:
    """Sums of five people and more, as tables with a chart beside each."""
    page = made.page("charts")
    page.fit_to_pages(1, 1)
    page.hide_gridlines(2)
    page.freeze_panes(1, 0)
    at = 0
    units: list[list[Cell]] = [list(each) for each in figures.by_unit(records)]
    bands: list[list[Cell]] = [list(each) for each in figures.spread(records)]
    shares: list[list[Cell]] = [
        [_measure(made, measure), done, of, done / of] for measure, done, of in figures.shares(records)
    ]
    for name, columns, rows, kind in (
        ("Units", UNITS, units, "bar"),
        ("Spread", SPREAD, bands, "column"),
        ("Measures", MEASURES, shares, "bar"),
    ):
        last = made.table(page, name, columns, rows, at)
        if rows:
            _chart(made, page, kind, (at, last, len(columns) - 1), made.say(f"chart_{name.lower()}"), name)
        else:
            page.write_string(at + 1, 0, made.say("too_few_to_show"))
        at = max(last + 2, at + 18)


def _chart(made: Book, page: Worksheet, kind: str, where: tuple[int, int, int], title: str, name: str) -> None:
    """A native chart of a table's last column by its first."""
    at, last, place = where
    chart = made.book.add_chart({"type": kind})
    sheet = page.get_name()
    chart.add_series({
        "name": title, "categories": [sheet, at + 1, 0, last, 0], "values": [sheet, at + 1, place, last, place],
        "fill": {"color": COLOURS[0 if name == "Units" else 1]}, "data_labels": {"value": True}, "gap": 60,
    })  # fmt: skip
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    # the numbers stand at the bars; what they are shares of is always the whole
    scale: dict[str, Any] = {"min": 0, "visible": False, "major_gridlines": {"visible": False}}
    top = {"Units": 100, "Measures": 1}.get(name)
    scale |= {"max": top} if top else {}
    if kind == "bar":
        chart.set_x_axis(scale)
        chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    else:
        chart.set_y_axis(scale)
    chart.set_size({"width": 620, "height": 330})
    page.insert_chart(at, 5, chart)


def _policy(made: Book, policy: Policy, posts: Mapping[str, Any]) -> None:
    page = made.page("policy")
    page.set_column(0, 0, 110)
    page.hide_gridlines(2)
    lines = [made.title, made.say("by_policy", version=policy.version), policy.says[made.lang], ""]
    lines += [str(render(each, made.lang)) for each in showing.rules_of(policy, "")]
    for post in policy.posts:
        said = posts.get(post, post)
        named = figures.post_of({"post": post}, {post: said}, made.lang)
        lines += ["", named, *(str(render(each, made.lang)) for each in showing.rules_of(policy, post))]
    lines += ["", *(made.say(f"guide_{part}") for part in ("least", "grace", "peers", "reports"))]
    for number, line in enumerate(lines):
        page.write_string(number, 0, line, made.head if number == 0 else made.wrapped)
        page.set_row(number, 15 * max(1, -(-len(line) // LETTERS)))
