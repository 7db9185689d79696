"""The company file and rosters: read as values, every mistake with its line and column."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.library.shipped import content_path
from bot.people.importing.company import Company, company_of, read_company
from bot.people.importing.files import table_of
from bot.people.importing.problems import Problems
from bot.people.importing.roster import read_roster

SAMPLE = content_path() / "sample"


def company(text: str) -> tuple[Company, list[str]]:
    """A company text, and what is wrong with it."""
    problems = Problems("c.yaml")
    return company_of("c.yaml", text, problems), [str(problem) for problem in problems.found]


def test_the_sample_company_is_read_whole() -> None:
    """Units, places, posts, shifts, and quiet hours that a shift inherits."""
    problems = Problems("company.yaml")
    read = read_company(SAMPLE / "company.yaml", problems)
    assert not problems
    assert (len(read.units), len(read.places), len(read.posts), len(read.shifts)) == (15, 10, 8, 4)
    day = next(shift for shift in read.shifts if shift.code == "day")
    assert day.quiet == read.quiet
    assert read.units[1].names["zh"] == "港口工厂"


GOOD = """\
company: {code: C, name: Works}
sites:
  - code: S
    name: Main
    zone: Europe/Madrid
    jurisdiction: ES
    emergency: {number: "5555", assembly: Gate 2, assembly_names: {es: Puerta 2}}
"""


def test_a_site_says_its_emergency_number_and_where_people_gather() -> None:
    """In as many languages as it likes."""
    read, wrong = company(GOOD)
    assert wrong == []
    assert (read.units[1].emergency_number, read.units[1].assembly) == ("5555", {"en": "Gate 2", "es": "Puerta 2"})


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("zone: Europe/Madrid", "zone: Europe/Madird", "5:11: no time zone is called 'Europe/Madird'"),
        ("jurisdiction: ES", "jurisdiction: Spain", "6:19: 'Spain' is no country"),
        ("code: S", "code: C", "3:11: the code 'C' is used a second time"),
        ("name: Main", "name: Main/Hall", "a name cannot hold '/'"),
        ("name: Main", "nam: Main", "'name' is missing"),
        ("zone:", "zoen:", "nobody reads 'zoen' (did you mean \"zone\"?)"),
        ("sites:", "sites: &a", None),
        ("name: Main", "name: *a", "aliases"),
        ("{code: C, name: Works}", "[1, 2]", "'company' must have keys"),
        ("company:", "company", "no YAML"),
        ("emergency: {", "emergency: {when: x, ", "nobody reads 'when'"),
    ],
)
def test_a_mistake_in_the_company_file_is_told_with_line_and_column(old: str, new: str, says: str | None) -> None:
    """Collected, never raised."""
    _, wrong = company(GOOD.replace(old, new, 1))
    assert (wrong == []) if says is None else any(says in each for each in wrong), wrong


def test_a_roster_lists_days_and_what_is_not_listed_between_is_a_day_off() -> None:
    """Who is in the file is off on the days between that are not listed for them."""
    problems = Problems("r.csv")
    text = "badge,date,shift\nB-1,2026-11-23,early\nB-1,2026-11-25,late\nb-2,2026-11-24,\n"
    read = table_of("r.csv", text.encode(), ("badge", "date"), ("shift",), problems)
    roster = read_roster(read, {"b-1": 1, "b-2": 2}, frozenset({"early", "late"}), problems)
    assert not problems
    days = {person: [roster[person, date(2026, 11, day)] for day in (23, 24, 25)] for person in (1, 2)}
    assert days == {1: ["early", None, "late"], 2: [None, None, None]}


def test_every_mistake_of_a_roster_is_listed() -> None:
    """Badge, day, shift, and a second row for a day."""
    problems = Problems("r.csv")
    text = "badge,date,shift\nB-9,2026-11-23,early\nB-1,23.11.2026,early\nB-1,2026-11-23,erly\nB-1,2026-11-23,early\n"
    read = table_of("r.csv", text.encode(), ("badge", "date"), ("shift",), problems)
    assert read_roster(read, {"b-1": 1}, frozenset({"early"}), problems) == {}
    assert [problem.place.line for problem in problems.found] == [2, 3, 4, 5]


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """With what the system says."""
    problems = Problems("company.yaml")
    read_company(tmp_path / "company.yaml", problems)
    assert "cannot be read" in str(problems.found[0])


def test_a_places_code_can_stand_in_a_link() -> None:
    """Telegram takes no dot in a link, and a label that opens nothing is found out only at the danger."""
    _, wrong = company(GOOD + "places:\n  - {code: DOCK.1, name: Dock 1, unit: Main}\n")
    assert len(wrong) == 1
    assert "cannot stand in a label's QR" in wrong[0]


GATED = """\
company: {code: C, name: Works, certificates: {shows: name}}
sites:
  - code: S
    name: Main
    jurisdiction: CN
    induction:
      since: 2026-12-01
      levels:
        company: {hours: 10, topics: [TRN], questions: 5}
        workshop: {hours: 8}
        team: {hours: 6, confirmed_by: trainer}
      on_new_post: [team, workshop]
      after_absence: {days: 180, levels: [team]}
"""


def test_a_site_sets_its_induction_and_the_split_is_its_own() -> None:
    """24 hours in all, split as the company likes; the company's own part stands beside it."""
    read, wrong = company(GATED)
    assert wrong == []
    assert read.units[0].training == {"certificates": {"shows": "name"}}
    said = read.units[1].training["induction"]
    assert [(one["level"], one["hours"], one["by"]) for one in said["levels"]] == [
        ("company", 10, "trainer"), ("workshop", 8, "supervisor"), ("team", 6, "trainer"),
    ]  # fmt: skip
    assert (said["on_new_post"], said["absence_days"], said["on_return"]) == (["workshop", "team"], 180, ["team"])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("hours: 10", "hours: 9", "TRN-03 [CN] wants at least 24"),
        ("      levels:", "      branch: high_risk\n      levels:", "TRN-04 [CN] wants at least 72"),
        ("since: 2026-12-01", "since: soon", "'soon' is no day"),
        ("        workshop: {hours: 8}\n", "", "the level 'workshop' is missing"),
        ("hours: 6", "hours: many", "'many' is no whole number"),
        ("confirmed_by: trainer", "confirmed_by: anybody", "'anybody' is none of"),
        ("[team, workshop]", "[teem]", "'teem' is no level"),
        ("since:", "sins:", "nobody reads 'sins'"),
    ],
)
def test_a_mistake_in_an_induction_is_told_with_its_place(old: str, new: str, says: str) -> None:
    """Under the law's total the file is refused; in a place without one it is not."""
    assert old in GATED
    _, wrong = company(GATED.replace(old, new))
    assert any(says in line for line in wrong), wrong
    if "TRN" in says:
        _, elsewhere = company(GATED.replace(old, new).replace("jurisdiction: CN", "jurisdiction: US"))
        assert elsewhere == []
