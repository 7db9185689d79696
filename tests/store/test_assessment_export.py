"""The export from a real ledger: who has a line, what it says, and the same bytes from the same data."""

from __future__ import annotations

import csv
import json
import time
import zipfile
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import update
from sqlalchemy.orm import Session
from typer import BadParameter

from bot.assessment import wording
from bot.assessment.command import export_file
from bot.assessment.model import COLUMNS
from bot.db.writer import Writer
from bot.hazards import model as hazards
from bot.i18n.languages import LANGUAGES
from bot.learning import actions as learning
from bot.learning import model as lessons
from bot.learning.answering import answer
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import signing
from bot.library.loading import load_shipped
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.tables import LeaveRow, PersonRow, PlacementRow, RosterRow, UnitRow
from bot.settings import Settings
from tests.store.conftest import NOON, Crew

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings that name this test's database."""
    return Settings(_env_file=None, database_url=database_url)  # type: ignore[call-arg]


def note(session: Session, kind: Any, key: str, person: int | None, at: datetime = NOON, **body: Any) -> None:
    """Records a fact."""
    record(session, Fact(kind, key, at, person, body=body), at)


def busy_month(session: Session, crew: Crew) -> None:
    """The worker: two lessons, one read; a question; an exam; two reports, one of them without a name."""
    for number in (1, 2):
        note(session, lessons.LESSON_ASSIGNED, f"assigned:{number}", crew.worker, lesson="a", version=1)
    note(session, lessons.LESSON_READ, "read:1", crew.worker, lesson="a", version=1)
    for number, mode in ((1, "practice"), (2, "exam")):
        note(session, lessons.QUESTION_OFFERED, f"offered:{number}", crew.worker, question="q", version=1, mode=mode)
        answer = {"question": "q", "version": 1, "mode": mode, "first": True, "right": True}
        note(session, lessons.QUESTION_ANSWERED, f"answered:{number}", crew.worker, **answer)
    note(session, hazards.REPORTED, "hazard:aa", crew.worker, hazard=1, unit=crew.team.id)
    note(session, hazards.REPORTED, "hazard:bb", None, hazard=2, unit=crew.team.id)
    note(session, hazards.CONFIRMED, "confirmed:aa", crew.worker, hazard=1, unit=crew.team.id)


def exported(settings: Settings, folder: Path, format: str = "json", starts: date = FIRST, ends: date = LAST) -> bytes:
    """The file that the command writes."""
    out = folder / f"assessment.{format}"
    export_file(settings, starts, ends, format, out)
    assert [path.name for path in folder.iterdir() if path.suffix == ".part"] == []
    return out.read_bytes()


def people_of(data: bytes) -> dict[str, dict[str, Any]]:
    """The lines of a JSON export by badge."""
    return {person["badge"]: person for person in json.loads(data)["people"]}


def test_what_a_month_of_one_worker_comes_to(settings: Settings, writer: Writer, crew: Crew, tmp_path: Path) -> None:
    """Practice counts as taken part, right only in the exam, the report without a name for nobody."""
    writer.run(busy_month, crew)
    line = people_of(exported(settings, tmp_path))["T-1"]
    counts = {name: value for name, value in line.items() if isinstance(value, int | float) and value}
    assert counts == {
        "days_employed": 30, "lessons_offered": 2, "lessons_read": 1, "lessons_share": 0.5, "questions_offered": 2,
        "questions_answered": 2, "questions_share": 1.0, "exam_questions_answered": 1, "exam_questions_right": 1,
        "exam_share": 1.0, "reports_made": 1, "reports_confirmed": 1,
    }  # fmt: skip
    assert line["unit"] == "Lamplight Works / Harbour Works / Dock Team"


def test_a_report_without_a_name_leaves_no_trace_in_any_line(
    settings: Settings, writer: Writer, crew: Crew, tmp_path: Path
) -> None:
    """The same file with and without it."""
    before = exported(settings, tmp_path)
    writer.run(note, hazards.REPORTED, "hazard:zz", None, hazard=9, unit=crew.team.id)
    assert exported(settings, tmp_path) == before


def test_somebody_without_opportunities_has_a_line_that_says_so(
    settings: Settings, writer: Writer, crew: Crew, tmp_path: Path
) -> None:
    """No share, and a note; never 0 %."""
    writer.run(busy_month, crew)
    line = people_of(exported(settings, tmp_path))["T-2"]
    assert (line["lessons_offered"], line["lessons_share"], line["questions_share"]) == (0, None, None)
    assert "nothing" in line["note"]
    [_, _, supervisor, _] = (
        CalamineWorkbook.from_filelike(BytesIO(exported(settings, tmp_path, "xlsx")))
        .get_sheet_by_index(0)
        .to_python()[:4]
    )
    assert "none offered" in supervisor
    assert 0 not in [cell for cell in supervisor if isinstance(cell, float) and 0 < cell <= 1]


def late_news(session: Session, crew: Crew) -> None:
    """A lesson and a question of the last day, of which only the next month tells that they never arrived."""
    last = datetime(2026, 11, 30, 20, tzinfo=NOON.tzinfo)
    note(session, lessons.LESSON_ASSIGNED, "assigned:8", crew.worker, last, lesson="a", version=1)
    note(session, lessons.QUESTION_OFFERED, "offered:8", crew.worker, last, question="q", version=1, mode="practice")
    note(session, lessons.NOT_DELIVERED, "undelivered:8", crew.worker, last + timedelta(days=3))
    note(session, lessons.QUESTION_NOT_DELIVERED, "unseen:8", crew.worker, last + timedelta(days=3), question="q")


def test_what_is_known_too_late_never_to_have_arrived_was_no_opportunity(
    settings: Settings, writer: Writer, crew: Crew, tmp_path: Path
) -> None:
    """The month in which it was offered leaves it out; so does the month in which it became known."""
    writer.run(late_news, crew)
    for starts, ends in ((FIRST, LAST), (date(2026, 12, 1), date(2026, 12, 31))):
        line = people_of(exported(settings, tmp_path, starts=starts, ends=ends))["T-1"]
        assert (line["lessons_offered"], line["questions_offered"]) == (0, 0)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_columns_have_one_head(lang: str) -> None:
    """A workbook's table with two equal heads is not written at all."""
    heads = [wording.head(column, lang).casefold() for column in COLUMNS]
    assert len(set(heads)) == len(COLUMNS)


@pytest.mark.parametrize("format", ["xlsx", "csv", "json"])
def test_the_same_data_gives_the_same_bytes(
    format: str, settings: Settings, writer: Writer, crew: Crew, tmp_path: Path
) -> None:
    """Also a while later: no time of writing is in the file. Other data gives other bytes."""
    writer.run(busy_month, crew)
    first = exported(settings, tmp_path, format)
    time.sleep(2.1 if format == "xlsx" else 0)  # the dates in an archive have a grain of two seconds
    assert exported(settings, tmp_path, format) == first
    writer.run(note, lessons.LESSON_ASSIGNED, "assigned:3", crew.worker, lesson="a", version=1)
    assert exported(settings, tmp_path, format) != first


def test_the_workbook_has_a_filtered_table_totals_and_a_guide(
    settings: Settings, writer: Writer, crew: Crew, tmp_path: Path
) -> None:
    """A real table with a frozen head; the second sheet explains every column."""
    writer.run(busy_month, crew)
    data = exported(settings, tmp_path, "xlsx")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheet, table = archive.read("xl/worksheets/sheet1.xml"), archive.read("xl/tables/table1.xml")
        assert b'state="frozen"' in sheet
        assert b"<autoFilter" in table
        assert b'totalsRowCount="1"' in table
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["Badge", "T-1", "T-2", "T-3", "Total"]
    totals = dict(zip(rows[0], rows[-1], strict=True))
    assert (totals["Lessons offered"], totals["Lessons read, share"]) == (2.0, 0.5)
    explained = {row[0] for row in book.get_sheet_by_index(1).to_python()}
    assert set(rows[0]) <= explained


@pytest.mark.parametrize(("lang", "sheet", "head"), [("zh", "参与情况", "工号"), ("ru", "Участие", "Пропуск")])
def test_the_company_reads_the_export_in_its_language(
    lang: str, sheet: str, head: str, settings: Settings, writer: Writer, crew: Crew, tmp_path: Path
) -> None:
    """The heads and the guide follow the company; codes in CSV and JSON stay."""
    company = update(UnitRow).where(UnitRow.parent_id.is_(None)).values(language=lang)
    writer.run(lambda session: session.execute(company))
    made = json.loads(exported(settings, tmp_path))
    assert made["language"] == lang
    assert made["columns"][0]["code"] == "badge"
    book = CalamineWorkbook.from_filelike(BytesIO(exported(settings, tmp_path, "xlsx")))
    assert book.sheet_names[0] == sheet
    assert book.get_sheet_by_index(0).to_python()[0][0] == head


def test_a_name_that_is_a_formula_runs_nowhere(settings: Settings, writer: Writer, crew: Crew, tmp_path: Path) -> None:
    """In CSV it gets a quote, in a workbook it stays a text."""
    evil = '=HYPERLINK("http://evil.example","x")'
    writer.run(lambda session: session.execute(update(PersonRow).where(PersonRow.id == crew.worker).values(name=evil)))
    rows = list(csv.DictReader(StringIO(exported(settings, tmp_path, "csv").decode("utf-8-sig"))))
    assert rows[0]["name"] == f"'{evil}"
    with zipfile.ZipFile(BytesIO(exported(settings, tmp_path, "xlsx"))) as archive:
        assert b"HYPERLINK" not in archive.read("xl/worksheets/sheet1.xml")
        assert b"HYPERLINK" in archive.read("xl/sharedStrings.xml")


def leave_and_roster(session: Session, crew: Crew) -> None:
    """The worker is on leave from the 2nd at noon to the 5th at 09:00, and off by the roster on the 7th."""
    day = datetime(2026, 11, 2, 12, tzinfo=NOON.tzinfo)
    session.add(LeaveRow(person_id=crew.worker, starts_at=day, ends_at=day + timedelta(days=2, hours=21)))
    session.add(RosterRow(person_id=crew.worker, on_date=date(2026, 11, 7), shift=None))
    session.add(RosterRow(person_id=crew.worker, on_date=date(2026, 11, 8), shift="day"))
    for number, on in enumerate((3, 5, 7, 8)):
        at = datetime(2026, 11, on, 8, tzinfo=NOON.tzinfo)
        note(session, lessons.LESSON_ASSIGNED, f"assigned:{number}", crew.worker, at, lesson="a", version=1)


def test_leave_and_days_off_excuse(settings: Settings, writer: Writer, crew: Crew, tmp_path: Path) -> None:
    """Days 2, 3, 4 and 7; the lessons of the 3rd and the 7th."""
    writer.run(leave_and_roster, crew)
    line = people_of(exported(settings, tmp_path))["T-1"]
    assert (line["days_employed"], line["days_excused"]) == (30, 4)
    assert (line["lessons_offered"], line["lessons_excused"]) == (2, 2)


def moves(session: Session, crew: Crew) -> None:
    """The worker goes to the site on the 11th; the supervisor leaves on the 21st; the manager left in October."""
    session.execute(
        update(PlacementRow).where(PlacementRow.person_id == crew.worker).values(ends_on=date(2026, 11, 11))
    )
    session.add(PlacementRow(person_id=crew.worker, unit_id=crew.site.id, post="driver", starts_on=date(2026, 11, 11)))
    for person, on in ((crew.supervisor, date(2026, 11, 21)), (crew.manager, date(2026, 10, 15))):
        session.execute(update(PersonRow).where(PersonRow.id == person).values(left_on=on))
    people.add_person(session, "T-9", "New Nora", "en", crew.team, "worker", date(2026, 11, 30))
    people.add_person(session, "T-0", "Next Nils", "en", crew.team, "worker", date(2026, 12, 1))


def test_everybody_employed_on_a_day_has_a_line_with_their_last_unit(
    settings: Settings, writer: Writer, crew: Crew, tmp_path: Path
) -> None:
    """A move is one line; who left in time or comes later has none."""
    writer.run(moves, crew)
    found = people_of(exported(settings, tmp_path))
    assert {badge: line["days_employed"] for badge, line in found.items()} == {"T-1": 30, "T-2": 20, "T-9": 1}
    assert (found["T-1"]["post"], found["T-1"]["unit"]) == ("driver", "Lamplight Works / Harbour Works")


def learn_for_real(session: Session, crew: Crew) -> int:
    """The worker asks for today's lesson, reads it and answers a question, by the room of learning itself."""
    load_shipped(session, NOON)
    signing.sign_all(session, None, NOON)
    who = people_store.person(session, crew.worker, NOON)
    assert who is not None
    given = learning.assign_today(session, who, NOON)
    learning.open_assignment(session, given.id, who, NOON)
    learning.read_through(session, given, who, NOON)
    asked = [
        learning.ask(session, attempt, who, NOON) for attempt in learning.plan_questions(session, given, who, NOON)
    ]
    answer(session, asked[0], (asked[0].shown[0],), who, NOON)
    return len(asked[:1]) if not asked else len(asked)


def test_deeds_of_the_learning_room_find_their_opportunities(
    settings: Settings, writer: Writer, crew: Crew, tmp_path: Path
) -> None:
    """The keys of its facts are what ties them together: this fails when they change."""
    asked = writer.run(learn_for_real, crew)
    line = people_of(exported(settings, tmp_path))["T-1"]
    assert (line["lessons_offered"], line["lessons_read"], line["lessons_also_read"]) == (1, 1, 0)
    assert (line["questions_offered"], line["questions_answered"]) == (asked, 1)
    assert line["exam_questions_answered"] == 0


@pytest.mark.parametrize(
    ("format", "starts", "ends", "says"),
    [("pdf", FIRST, LAST, "xlsx, csv or json"), ("csv", LAST, FIRST, "before the first day")],
)
def test_an_export_that_means_nothing_says_what_to_do(
    format: str, starts: date, ends: date, says: str, settings: Settings, crew: Crew, tmp_path: Path
) -> None:
    """And writes nothing."""
    with pytest.raises(BadParameter, match=says):
        export_file(settings, starts, ends, format, tmp_path / "x")
    assert list(tmp_path.glob("x*")) == []


def test_an_older_file_survives_an_export_that_fails(settings: Settings, crew: Crew, tmp_path: Path) -> None:
    """A folder that is not there is an OSError; what could be written is moved into place whole."""
    with pytest.raises(OSError):
        export_file(settings, FIRST, LAST, "csv", tmp_path / "nowhere" / "x.csv")
    exported(settings, tmp_path, "csv")
    assert not list(tmp_path.glob(".*"))
