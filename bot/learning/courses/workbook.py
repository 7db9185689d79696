"""Training as a workbook, as of a day: post x training, people, licences, hours. The same data gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter
from sqlalchemy.orm import Session

from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import localized, say
from bot.learning.courses import matrix, store
from bot.learning.courses.matrix import Matrix
from bot.learning.courses.model import LicenceState, Standing
from bot.people.company import post_label
from bot.people.tables import UnitRow

MADE_ON = datetime(2000, 1, 1)  # noqa: DTZ001 - a label in the file, the same for ever
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
YEAR = timedelta(days=365)
Row = Sequence[Any]
POSTS = ("x_post", "x_course", "x_needed", "x_trained", "x_due", "x_behind")
PEOPLE = ("x_badge", "x_name", "x_unit", "x_post")
LICENCES = ("x_badge", "x_name", "x_licence", "x_number", "x_until", "x_state")
HOURS = ("x_badge", "x_name", "x_day", "x_minutes", "x_what")


def matrix_workbook(session: Session, under: Sequence[str], on: date, lang: str) -> bytes:
    """The workbook of the people who worked under these paths on a day, in a language."""
    found = matrix.matrix(session, under, on)
    out = BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    title = str(say("learning.courses.x_title", lang, on=on.isoformat()))
    book.set_properties({"title": title, "author": "Davy", "created": MADE_ON})
    posts = {line.who.post: _words(post_label(session, line.who.post), lang) for line in found.lines}
    titles = [localized(course.title, lang) for course in found.courses]
    _sheet(book, "x_posts", lang, POSTS, _posts(found, posts, lang))
    _sheet(book, "x_people", lang, PEOPLE, _people(session, found, posts, lang), titles)
    _sheet(book, "x_licences", lang, LICENCES, _licences(session, found, lang))
    _sheet(book, "x_hours", lang, HOURS, _hours(session, found, lang))
    book.close()
    return out.getvalue()


def _say(key: str, lang: str) -> str:
    return str(say(f"learning.courses.{key}", lang))


def _words(label: Any, lang: str) -> str:
    return label if isinstance(label, str) else localized(label, lang)


def _sheet(
    book: Any, name: str, lang: str, heads: Sequence[str], rows: Sequence[Row], more: Sequence[str] = ()
) -> None:
    page = book.add_worksheet(_say(name, lang)[:31])
    bold, dated = (
        book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
    )
    names = [*(_say(head, lang) for head in heads), *more]
    for place, head in enumerate(names):
        page.write_string(0, place, head, bold)
        page.set_column(place, place, 26 if place in (1, 2) else 16)
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(number, place, datetime(value.year, value.month, value.day), dated)  # noqa: DTZ001
            elif isinstance(value, int):
                page.write_number(number, place, value)
            else:
                page.write_string(number, place, str(value))
    page.autofilter(0, 0, max(1, len(rows)), len(names) - 1)
    page.freeze_panes(1, 0)
    if lang in RIGHT_TO_LEFT:
        page.right_to_left()


def _posts(found: Matrix, posts: dict[str, str], lang: str) -> list[Row]:
    titles = {course.id: localized(course.title, lang) for course in found.courses}
    return [(posts[s.post], titles[s.course], s.needed, s.trained, s.due, s.behind) for s in matrix.sums(found)]


def _people(session: Session, found: Matrix, posts: dict[str, str], lang: str) -> list[Row]:
    units = {line.who.unit for line in found.lines}
    names = {id: row.name for id in units if (row := session.get(UnitRow, id)) is not None}
    return [
        (
            line.who.badge, line.who.name, names.get(line.who.unit, ""), posts[line.who.post],
            *(_cell(line.cells[course.id], lang) for course in found.courses),
        )
        for line in found.lines
    ]  # fmt: skip


def _cell(cell: Standing, lang: str) -> str:
    """`until 2027-11-18`, `due 2026-12-02`, `overdue since ...`; empty where nobody asks for it."""
    if cell.done is not None:
        until = cell.done.expires_on
        return (
            str(say("learning.courses.x_until_day", lang, on=until.isoformat())) if until else _say("x_trained", lang)
        )
    if cell.due_on is not None:
        key = "x_overdue_since" if cell.overdue else "x_due_day"
        return str(say(f"learning.courses.{key}", lang, on=cell.due_on.isoformat()))
    return _say("x_missing", lang) if cell.needed else ""


def _licences(session: Session, found: Matrix, lang: str) -> list[Row]:
    who = {line.who.id: line.who for line in found.lines}
    rows: list[Row] = []
    for each in store.licences(session, list(who), found.on):
        confirmed = each.state is LicenceState.CONFIRMED
        state = "x_unseen" if not confirmed else ("x_counts" if each.expires_on >= found.on else "x_run_out")
        rows.append(
            (who[each.person].badge, who[each.person].name, each.name, each.number, each.expires_on, _say(state, lang))
        )
    return rows


def _hours(session: Session, found: Matrix, lang: str) -> list[Row]:
    who = {line.who.id: line.who for line in found.lines}
    rows: list[Row] = []
    for each in store.hours(session, list(who), found.on - YEAR, found.on):
        course = store.course(session, each.course) if each.course else None
        what = localized(course.title, lang) if course is not None else each.words
        rows.append((who[each.person].badge, who[each.person].name, each.on, each.minutes, what))
    return rows
