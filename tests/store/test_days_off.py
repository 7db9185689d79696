"""Who works on which day: a roster decides, else the weekdays of the unit; on other days nobody is sent a lesson."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.onboarding.importing import Mistakes, import_calendar
from bot.people import worktime
from bot.people.importing.company import company_of
from bot.people.importing.problems import Problems
from bot.people.rules import works_on
from bot.people.tables import RosterRow, SpecialDayRow, UnitRow
from tests.store.learning_house import chicago, house, plan, pushes, who

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
MORNING = chicago(21, 9, 30)
"""A Saturday in Chicago, half an hour after the usual time of the lesson."""


@pytest.mark.parametrize(
    ("day", "workdays", "listed", "shift", "works"),
    [
        (FRIDAY, "12345", False, None, True),
        (FRIDAY, "12345", False, "day", True),
        (SATURDAY, "12345", False, None, False),
        (SATURDAY, "12345", False, "day", False),
        (SATURDAY, "1234567", False, "day", True),
        (SATURDAY, "12345", True, "day", True),
        (FRIDAY, "12345", True, None, False),
    ],
)
def test_a_roster_goes_before_the_weekdays_of_the_unit(
    day: date, workdays: str, listed: bool, shift: str | None, works: bool
) -> None:
    """A listed day is worked where a shift is listed; any other one where the unit works on that weekday."""
    assert works_on(day, workdays, listed=listed, shift=shift) is works


def on_saturday(session: Session) -> int:
    """How many messages Ana was sent on Saturday morning."""
    plan(session, MORNING)
    return len(pushes(session, "D-1", MORNING))


def test_nobody_without_a_roster_gets_a_lesson_on_a_weekend(database_url: str) -> None:
    """Ana has neither shift nor roster, and nobody said that the dock works on Saturdays; on Monday hers comes."""
    with house(database_url, "D-1", at=chicago(20, 8)) as session:
        assert on_saturday(session) == 0
        plan(session, chicago(23, 9, 30))
        assert len(pushes(session, "D-1", MORNING)) == 1


def test_a_usual_shift_is_worked_on_the_weekdays_of_the_unit(database_url: str) -> None:
    """Tess works days: on Saturday she is neither sent a lesson nor counted as at work."""
    with house(database_url, "T-1", at=chicago(20, 8)) as session:
        plan(session, MORNING)
        assert pushes(session, "T-1", MORNING) == []
        tess = who(session, "T-1", MORNING)
        assert worktime.presence(session, tess, MORNING).today is None
        assert worktime.presence(session, tess, chicago(20, 9)).today is not None


@pytest.mark.parametrize("said_in", ["roster", "company file"])
def test_who_is_on_the_roster_or_works_at_weekends_gets_a_lesson_then(database_url: str, said_in: str) -> None:
    """Either the roster says so for Ana, or the company file for her unit."""
    with house(database_url, "D-1", at=chicago(20, 8)) as session:
        ana = who(session, "D-1", MORNING)
        if said_in == "roster":
            session.add(RosterRow(person_id=ana.id, on_date=SATURDAY, shift="day"))
        else:
            session.execute(update(UnitRow).where(UnitRow.id == ana.unit).values(workdays="1234567"))
        session.flush()
        assert on_saturday(session) == 1


FILE = """\
company: {code: C, name: Works}
sites:
  - code: S
    name: Main
    zone: Europe/Madrid
    jurisdiction: ES
    working_days: [mon, Tuesday, sat]
    workshops: [{code: W, name: Hall}]
"""


def test_the_company_file_says_on_which_weekdays_people_work() -> None:
    """A unit has those of the one above where it says nothing; a word that is no weekday is told with its place."""
    problems = Problems("c.yaml")
    read = company_of("c.yaml", FILE, problems)
    assert not problems
    assert [unit.workdays for unit in read.units] == ["12345", "126", "126"]
    company_of("c.yaml", FILE.replace("sat", "caturday"), problems)
    assert "'cat' is no weekday" in str(problems.found[0])


HOLIDAYS = "unit,date,name,works\nHarbour Works,2026-11-26,Thanksgiving Day,\nHarbour Works/Dock Team,{worked},,yes\n"
THURSDAY = chicago(26, 9, 30)
"""Thanksgiving: a Thursday on which the harbour rests."""


def calendar_of(session: Session, tmp_path: Path, words: str) -> None:
    """HR brings a file with these days in."""
    path = tmp_path / "holidays.csv"
    path.write_text(words, encoding="utf-8")
    import_calendar(session, path, THURSDAY)
    session.flush()


@pytest.mark.parametrize(("worked", "sent"), [("2026-11-27", 0), ("2026-11-26", 1)])
def test_on_a_public_holiday_only_who_works_gets_a_lesson(
    database_url: str, tmp_path: Path, worked: str, sent: int
) -> None:
    """The site rests, and its dock as well unless the file says that it works on that very day; the nearer unit decides."""
    with house(database_url, "D-1", "T-1", at=chicago(25, 8)) as session:
        calendar_of(session, tmp_path, HOLIDAYS.format(worked=worked))
        plan(session, THURSDAY)
        assert len(pushes(session, "D-1", THURSDAY)) == sent
        assert pushes(session, "T-1", THURSDAY) == []
        assert worktime.presence(session, who(session, "T-1", THURSDAY), THURSDAY).today is None


def test_a_day_off_is_worked_where_the_calendar_says_so_and_a_roster_goes_before_it(
    database_url: str, tmp_path: Path
) -> None:
    """A Saturday in the place of a holiday; and whoever is on the roster works on the holiday itself."""
    with house(database_url, "D-1", "T-1", at=chicago(20, 8)) as session:
        calendar_of(session, tmp_path, f"unit,date,works\nHarbour Works,{SATURDAY},yes\nHarbour Works,2026-11-26,no\n")
        tess = who(session, "T-1", MORNING)
        session.add(RosterRow(person_id=tess.id, on_date=date(2026, 11, 26), shift="day"))
        session.flush()
        plan(session, MORNING)
        assert len(pushes(session, "D-1", MORNING)) == 1
        assert worktime.presence(session, tess, MORNING).today is not None
        assert worktime.presence(session, tess, THURSDAY).today is not None


def test_mistakes_in_a_calendar_are_told_with_their_places(database_url: str, tmp_path: Path) -> None:
    """A unit that is not there, a day that is none, a word that is neither yes nor no, a day twice; nothing is kept."""
    words = (
        "unit,date,works\nHarbor Works,2026-11-26,\nHarbour Works,2026-11-31,maybe\n"
        + "Harbour Works,2026-12-25,\n" * 2
    )
    with house(database_url, "D-1", at=chicago(20, 8)) as session:
        with pytest.raises(Mistakes) as told:
            calendar_of(session, tmp_path, words)
        said = [str(problem) for problem in told.value.problems]
        assert len(said) == 4
        assert "there is no unit 'Harbor Works'" in said[0]
        assert "Harbour Works" in said[0].partition("Works'")[2], "what was meant is named"
        assert session.scalar(select(SpecialDayRow.on_date).limit(1)) is None
