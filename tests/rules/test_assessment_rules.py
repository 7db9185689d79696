"""What counts for whom: a table of facts, and the line that comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.assessment.flat import harmless
from bot.assessment.model import COLUMNS, Employed, Happened, Line, Period, Tally, Type
from bot.assessment.rules import lines, rows_under, share, sums, tops, totals
from bot.people.model import Unit, UnitKind

PERIOD = Period(date(2026, 11, 1), date(2026, 11, 30))
ANA = Employed(1, "B-1", "Ana", ("Lamplight", "Dock"), "worker", "America/Chicago", 30)
NOON = datetime(2026, 11, 10, 18, tzinfo=UTC)


def fact(kind: str, subject: str, at: datetime = NOON, person: int | None = 1, **body: Any) -> Happened:
    """A fact of Ana's, at noon of the tenth in Chicago."""
    return Happened(kind, subject, at, person, body)


def only(*facts: Happened, who: Employed = ANA) -> Line:
    """The line of the one person."""
    [line] = lines(PERIOD, [who], facts)
    return line


OFFERED = fact("LessonAssigned", "7", lesson="dock-edges", version=1)
READ = fact("LessonRead", "7", lesson="dock-edges", version=1)
LOST = fact("LearningNotDelivered", "7")


def exam(subject: str, right: bool, mode: str = "exam") -> Happened:
    """An answer with its verdict."""
    return fact("QuestionAnswered", subject, question="q", version=1, mode=mode, right=right)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([OFFERED, READ], {"lessons_offered": 1, "lessons_read": 1, "lessons_also_read": 0}),
        ([OFFERED], {"lessons_offered": 1, "lessons_read": 0}),
        ([OFFERED, OFFERED, READ, READ], {"lessons_offered": 1, "lessons_read": 1}),
        ([OFFERED, LOST], {"lessons_offered": 0, "lessons_read": 0}),
        ([OFFERED, LOST, READ], {"lessons_offered": 1, "lessons_read": 1}),
        ([READ], {"lessons_offered": 0, "lessons_read": 0, "lessons_also_read": 1}),
        ([fact("QuestionOffered", "3", mode="practice")], {"questions_offered": 1, "questions_answered": 0}),
        (
            [fact("QuestionOffered", "3", mode="practice"), fact("QuestionAnswered", "3", mode="practice", first=True)],
            {"questions_offered": 1, "questions_answered": 1, "exam_questions_answered": 0, "exam_questions_right": 0},
        ),
        ([exam("3", True), exam("4", False)], {"exam_questions_answered": 2, "exam_questions_right": 1}),
        ([exam("3", True, "practice")], {"exam_questions_answered": 0, "exam_questions_right": 0}),
        (
            [fact("HazardReported", "aa", hazard=5), fact("HazardConfirmed", "bb", hazard=5)],
            {"reports_made": 1, "reports_confirmed": 1},
        ),
        ([fact("HazardConfirmed", "b1", hazard=5), fact("HazardConfirmed", "b2", hazard=5)], {"reports_confirmed": 1}),
        ([fact("HazardReported", "aa", person=None, hazard=5)], {"reports_made": 0}),
        ([fact("ReportPractised", "x")], {"reports_practised": 1, "reports_made": 0}),
    ],
)  # fmt: skip
def test_each_deed_counts_once_and_for_what_it_is(facts: Sequence[Happened], expected: dict[str, int]) -> None:
    """Also told twice, lost on the way, without an offer, without a name."""
    line = only(*facts)
    assert {name: getattr(line, name) for name in expected} == expected


def test_confidence_answers_and_times_change_nothing() -> None:
    """A body that holds more than it should still gives the same line."""
    plain = [fact("QuestionOffered", "3"), fact("QuestionAnswered", "3", mode="practice")]
    told = [
        fact("QuestionOffered", "3", confidence=1, chosen=2),
        fact(
            "QuestionAnswered", "3", at=NOON + timedelta(hours=2), mode="practice", right=False, seconds=99, sure=False
        ),
    ]
    assert only(*plain) == only(*told)


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (datetime(2026, 11, 1, 4, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 1, 5, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 1, 5, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 1, 6, 0, tzinfo=UTC), False),
    ],
)
def test_a_day_is_the_date_where_the_unit_is(at: datetime, counts: bool) -> None:
    """November in Chicago begins at 05:00 UTC in summer time and ends at 06:00 UTC in winter time."""
    assert only(fact("LessonAssigned", "7", at=at)).lessons_offered == int(counts)


def test_what_comes_on_a_day_away_does_not_count_against_anybody() -> None:
    """Left: excused. Taken all the same: offered and read."""
    away = replace(ANA, excused=frozenset({date(2026, 11, 10)}))
    assert only(OFFERED, who=away) == only(who=replace(away)).__class__(
        "B-1", "Ana", "Lamplight / Dock", "worker", 30, 1, lessons_excused=1
    )
    taken = only(OFFERED, READ, who=away)
    assert (taken.lessons_offered, taken.lessons_read, taken.lessons_excused) == (1, 1, 0)


def test_a_share_never_goes_above_one_and_nothing_has_no_share() -> None:
    """What was read without an offer stands beside; a line without opportunities is no zero."""
    shares = [column for column in COLUMNS if column.type is Type.SHARE]
    assert [share(only(READ), column) for column in shares] == [None, None, None]
    assert not only(READ).had_opportunity
    both = only(OFFERED, READ, fact("LessonRead", "9"), exam("1", True))
    assert [share(both, column) for column in shares] == [1.0, None, 1.0]


def test_totals_add_counts_and_take_shares_of_the_sums() -> None:
    """One of one and nothing of three is one quarter, not one half."""
    people = [ANA, replace(ANA, person=2, badge="A-2")]
    facts = [OFFERED, READ, *(fact("LessonAssigned", str(n), person=2) for n in (20, 21, 22))]
    found = lines(PERIOD, people, facts)
    assert [line.badge for line in found] == ["A-2", "B-1"]
    [lessons] = [column for column in COLUMNS if column.code == "lessons_share"]
    assert share(totals(found), lessons) == 0.25


def test_facts_of_people_who_were_not_employed_count_for_nobody() -> None:
    """Whoever is not on the list has no line."""
    assert lines(PERIOD, [], [OFFERED]) == ()


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_looks_like_a_formula_gets_a_quote(words: str) -> None:
    """A name that runs is a name that steals."""
    assert harmless(words) == f"'{words}"
    assert harmless(f"x{words}") == f"x{words}"


def unit(id: int, path: str, parent: int | None) -> Unit:
    """A part of a company."""
    return Unit(id, parent, UnitKind.TEAM, f"U{id}", path, "UTC", "any", "en")


UNITS = [unit(1, "/1/", None), unit(2, "/1/2/", 1), unit(3, "/1/3/", 1), unit(4, "/1/2/4/", 2)]


def test_a_unit_has_its_own_people_and_those_below() -> None:
    """Sums go up, never sideways."""
    found = sums(UNITS, {4: Tally(3, 2, 1, 0, 1, 0), 3: Tally(5, 5, 5, 5, 5, 0)})
    assert found[2] == found[4] == Tally(3, 2, 1, 0, 1, 0)
    assert found[1] == Tally(8, 7, 6, 5, 6, 0)
    assert found[1].open == 1


def test_a_viewer_of_a_site_sees_only_that_site_in_the_sums() -> None:
    """Units above are not among those given, and nothing is added to them."""
    assert set(sums(UNITS[1:2] + UNITS[3:], {4: Tally(1)})) == {2, 4}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [(["/1/"], [2, 3]), (["/1/2/4/"], [4]), (["/1/2/", "/1/3/"], [2, 3]), (["/1/", "/1/2/"], [2, 3]), ([], [])],
)
def test_a_list_begins_where_somebody_may_look(paths: list[str], expected: list[int]) -> None:
    """The parts of one unit; several units themselves; a team, which has no parts, itself."""
    assert [unit.id for unit in rows_under(UNITS, tops(paths))] == expected
