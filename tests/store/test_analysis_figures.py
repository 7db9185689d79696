"""Figures from the tables on both engines: first answers only, versions apart, few people hidden, plot and workbook true."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image
from python_calamine import CalamineWorkbook
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bot.analysis import beliefs, picture, reading, showing, store, workbook
from bot.analysis.model import Analysis, Figures, Item, Reason
from bot.library.tables import QuestionRow, QuestionVersionRow
from bot.people import store as people
from bot.people.model import Unit
from tests.store.answers import Sheet, hazard_at
from tests.store.learning_house import NOW, house, who

BANK = "heights"
AGO = NOW - timedelta(days=5)


@contextmanager
def dock(database_url: str, many: int) -> Iterator[tuple[Session, Sheet, list[int], Unit]]:
    """The dock with so many new people, and a sheet to write their answers on."""
    with house(database_url, at=NOW) as session:
        unit = next(unit for unit in people.units(session) if unit.name == "Dock Team")
        sheet = Sheet(session, AGO)
        yield session, sheet, sheet.crew(unit, many), unit


def made(session: Session, badge: str = "T-1") -> Analysis:
    """The bank as a trainer sees it."""
    found = reading.analysis(session, who(session, badge, NOW).id, bank_of(session), NOW)
    assert found is not None
    return found


def bank_of(session: Session) -> str:
    """The bank of the ladder questions."""
    return str(session.scalar(select(QuestionRow.bank_id).where(QuestionRow.id == "lad-001")))


def item(found: Analysis, id: str, version: int = 1) -> Item:
    """One line of it."""
    return next(i for i in found.items if i.content.id == id and i.figures.version == version)


def test_only_the_first_answer_counts_and_versions_stay_apart(database_url: str) -> None:
    """Wrong at first and right ever after is wrong; who met the old version first is not counted with the new one."""
    with dock(database_url, 12) as (session, sheet, crew, _):
        for person in crew[:8]:
            sheet.answers(person, "lad-001", right=person % 2 == 0, seconds=10)
        live = session.execute(
            select(QuestionVersionRow).where(QuestionVersionRow.question_id == "lad-001")
        ).scalar_one()
        values = {"question_id": "lad-001", "version": 2, "content": live.content, "at": NOW}
        session.execute(insert(QuestionVersionRow).values(values))
        session.execute(update(QuestionRow).where(QuestionRow.id == "lad-001").values(version=2))
        for person in crew:
            sheet.answers(person, "lad-001", right=True, seconds=4000)
        old, new = item(made(session), "lad-001", 1), item(made(session), "lad-001", 2)
        assert (old.live, old.figures.count, old.figures.right) == (False, 8, 4)
        assert (new.live, new.figures.count, new.figures.right) == (True, 4, 4)
        assert (old.figures.timed, new.figures.timed) == (8, 0), "what was left lying has no time"
        assert old.figures.seconds == pytest.approx(10)


def test_discrimination_leaves_the_question_itself_out(database_url: str) -> None:
    """Half knows all, half nothing: one question that goes along, one that goes against, one that is answered at random."""
    with dock(database_url, 40) as (session, sheet, crew, _):
        for number, person in enumerate(crew):
            knows = number < 20
            for id in ("lad-002", "lad-003", "lad-004", "lad-005"):
                sheet.answers(person, id, right=knows)
            sheet.answers(person, "lad-001", right=not knows)
            sheet.answers(person, "lad-006", right=number % 2 == 0)
        found = made(session)
        assert item(found, "lad-001").figures.discrimination == pytest.approx(-1, abs=0.05)
        assert abs(item(found, "lad-006").figures.discrimination or 0) < 0.02
        assert (item(found, "lad-002").figures.discrimination or 0) > 0.8
        assert item(found, "lad-001").reasons[0] is Reason.AGAINST
        assert item(found, "lad-006").figures.compared == 40


def test_who_answered_fewer_than_four_others_is_not_compared(database_url: str) -> None:
    """Of one or two answers nobody can tell what somebody knows."""
    with dock(database_url, 6) as (session, sheet, crew, _):
        for person in crew:
            for id in ("lad-001", "lad-002", "lad-003", "lad-004"):
                sheet.answers(person, id, right=person % 2 == 0)
        assert item(made(session), "lad-001").figures.compared == 0
        sheet.answers(crew[0], "lad-005", right=True)
        assert item(made(session), "lad-001").figures.compared == 1


def test_answers_of_a_place_are_for_trainers_of_it(database_url: str) -> None:
    """The statement itself holds the place; who moved away counts where they are now."""
    with dock(database_url, 5) as (session, sheet, crew, unit):
        for person in crew:
            sheet.answers(person, "lad-001", right=True)
        count = [
            sum(g.count for g in store.groups(session, bank_of(session), paths, NOW)) for paths in (["/"], [unit.path])
        ]
        other = next(u for u in people.units(session) if u.name == "Lingang Works")
        assert count == [5, 5]
        assert store.groups(session, bank_of(session), [other.path], NOW) == []
        assert reading.analysis(session, crew[0], bank_of(session), NOW) is None


def test_under_five_people_no_figure_leaves_the_house(database_url: str) -> None:
    """Neither in the message nor in the workbook; the number of answers alone does."""
    with dock(database_url, 4) as (session, sheet, crew, _):
        for person in crew:
            sheet.answers(person, "lad-001", right=False)
        found = made(session)
        words = showing.found(found, None)[0].text
        assert words is not None
        assert [(line["count"], line["share"]) for line in words.params["lines"]] == [(4, None)]
        questions, choices, _ = sheets(workbook.xlsx_bytes(found, "en"))
        row = next(row for row in questions if row[0] == "lad-001")
        assert row[4:11] == [4, "", "", "", "", "", ""]
        assert {tuple(row[7:9]) for row in choices if row[0] == "lad-001"} == {("", "")}


def sheets(data: bytes) -> list[list[list[object]]]:
    """The rows of each sheet of a workbook."""
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def test_the_workbook_has_tables_frozen_heads_and_no_formula(database_url: str) -> None:
    """Even where a stem begins like a formula; each figure stands beside the number behind it."""
    with dock(database_url, 25) as (session, sheet, crew, _):
        for number, person in enumerate(crew):
            sheet.answers(person, "lad-001", right=number < 5)
        found = made(session)
        evil = [
            replace(i, content=replace(i.content, stem={"en": '=HYPERLINK("http://x")'}))
            if i.content.id == "lad-001"
            else i
            for i in found.items
        ]
        data = workbook.xlsx_bytes(replace(found, items=tuple(evil)), "en")
        with ZipFile(BytesIO(data)) as parts:
            pages = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
            tables = [name for name in parts.namelist() if name.startswith("xl/tables/")]
        assert len(tables) == 3
        assert not any("<f>" in page for page in pages)
        assert sum('state="frozen"' in page for page in pages) == 2
        row = next(row for row in sheets(data)[0] if row[0] == "lad-001")
        assert row[3] == '=HYPERLINK("http://x")'
        assert row[4:7] == [25, 5, 0.2]
        assert workbook.xlsx_bytes(found, "zh") != workbook.xlsx_bytes(found, "en")


def test_the_plot_is_as_wide_as_two_phones_and_its_bars_are_true(database_url: str) -> None:
    """A full bar as long as the share; a hollow one where there are too few to judge."""
    with dock(database_url, 1) as (session, _, _, _):
        content = made(session).items[0].content
    items = [
        Item(content, Figures("q", 1, 40, 20, 40, 0.5), True),
        Item(content, Figures("q", 1, 10, 10), True),
        Item(content, Figures("q", 1, 3, 3), True),
    ]
    image = Image.open(BytesIO(picture.drawn(items))).convert("L")
    assert image.width == 2 * 390
    starts, ends = picture.BAR

    def dark(row: int) -> int:
        y = picture.HEAD + picture.ROW * row + picture.ROW // 2 - 10
        return sum(image.getpixel((x, y)) < 100 for x in range(starts, ends + 4))

    assert dark(0) == pytest.approx((ends - starts) / 2, abs=4)
    assert dark(1) < 12, "hollow: its edges alone"
    assert dark(2) < 30, "only its number of answers is written"
    at = round(picture.across(0.5))
    assert image.getpixel((at, picture.HEAD + picture.ROW // 2)) < 100


def test_the_newest_answer_tells_what_somebody_believes(database_url: str) -> None:
    """A belief that was put right is gone from the map; rejected dangers and other topics do not count."""
    with dock(database_url, 6) as (session, sheet, crew, unit):
        for person in crew:
            sheet.answers(person, "lad-001", right=False, wrong=1)
        hazard_at(session, unit, "LAD", AGO, due_at=NOW + timedelta(days=1))
        hazard_at(session, unit, "LAD", AGO, due_at=AGO, state="rejected")
        hazard_at(session, unit, "LAD", NOW - timedelta(days=200), due_at=AGO)
        paths = [unit.path]
        [before] = beliefs.answered(session, paths, NOW)
        assert (before.people, before.answers, before.wrong) == (6, 6, 6)
        [found] = beliefs.reported(session, paths, NOW)
        assert (found.hazards, found.overdue) == (1, 1)
        assert beliefs.held_by_most(session, paths, NOW)[unit.id, "LAD"][0] == "lad-001"
        for person in crew[:4]:
            sheet.answers(person, "lad-001", right=True)
        [after] = beliefs.answered(session, paths, NOW)
        assert (after.people, after.answers, after.wrong) == (6, 6, 2)
        seen = reading.map_of(session, who(session, "T-1", NOW).id, NOW, 8)
        assert seen is not None
        assert [(s.people, s.wrong, s.hazards, s.overdue) for s in seen.spots] == [(6, 2, 1, 1)]
        assert reading.map_of(session, crew[0], NOW, 8) is None


def test_who_was_not_sure_did_not_believe_it(database_url: str) -> None:
    """Where answers say how sure somebody was, a wrong guess is no misconception."""
    with dock(database_url, 6) as (session, sheet, crew, unit):
        for number, person in enumerate(crew):
            sheet.answers(person, "lad-001", right=False, sure=(None, True, False)[number % 3])
        [found] = beliefs.answered(session, [unit.path], NOW)
        assert (found.people, found.wrong) == (6, 4)
