"""Who works on which day: a roster decides, else the weekdays of the unit; on other days nobody is sent a lesson."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.people import worktime
from bot.people.importing.company import company_of
from bot.people.importing.problems import Problems
from bot.people.rules import works_on
from bot.people.tables import RosterRow, UnitRow
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
