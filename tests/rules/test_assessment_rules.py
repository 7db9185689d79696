"""What counts for whom: a table of facts, and the line that comes of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.assessment.flat import harmless
from bot.assessment.model import COLUMNS, Employed, Happened, Line, Period, Tally, Type
from bot.assessment.rules import FEWEST, lines, opened, rows_under, share, sums, tops, totals, veiled
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
        ([OFFERED, replace(LOST, at=NOON + timedelta(days=23))], {"lessons_offered": 0}),
        ([replace(OFFERED, at=NOON - timedelta(days=20)), LOST], {"lessons_offered": 0}),
        (
            [fact("QuestionOffered", "3", mode="practice"), fact("QuestionNotDelivered", "3")],
            {"questions_offered": 0, "questions_answered": 0},
        ),
        (
            [fact("QuestionOffered", "3"), fact("QuestionNotDelivered", "3"), fact("QuestionAnswered", "3")],
            {"questions_offered": 1, "questions_answered": 1},
        ),
        ([READ], {"lessons_offered": 0, "lessons_read": 0, "lessons_also_read": 1}),
        ([fact("QuestionOffered", "3", mode="practice")], {"questions_offered": 1, "questions_answered": 0}),
        (
            [fact("QuestionOffered", "3", mode="practice"), fact("QuestionAnswered", "3", mode="practice", first=True)],
            {"questions_offered": 1, "questions_answered": 1, "exam_questions_answered": 0, "exam_questions_right": 0},
        ),
        ([exam("3", True), exam("4", False)], {"exam_questions_answered": 2, "exam_questions_right": 1}),
        ([exam("3", True, "practice")], {"exam_questions_answered": 0, "exam_questions_right": 0}),
        (
            [exam("3", True), exam("4", False), fact("ExamAnswerStruck", "4"), fact("ExamAnswerStruck", "3")],
            {"exam_questions_answered": 0, "exam_questions_right": 0},
        ),
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


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＠SUM(A1)", ' "=1"'])
def test_a_cell_that_looks_like_a_formula_gets_a_quote(words: str) -> None:
    """A name that runs is a name that steals; wide signs count as well, as spreadsheets in East Asia take them."""
    assert harmless(words) == f"'{words}"
    assert harmless(f"x{words}") == f"x{words}"


@pytest.mark.parametrize("between", [";", "\t", "\r", "\n", "; "])
def test_a_formula_cannot_hide_behind_a_break_or_another_country_s_separator(between: str) -> None:
    """Where the list separator is a semicolon, a spreadsheet cuts a comma's file at it, quotes or not."""
    safe = harmless(f"Ana{between}=1+1")
    assert safe == f"Ana{between[0]}'{between[1:]}=1+1"
    assert harmless("Dock; north - 2") == "Dock; north - 2"


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


def offered(n: int) -> Tally:
    """A unit whose whole crew was offered something."""
    return Tally(n, n, 1, 0, 1, 0)


@pytest.mark.parametrize(
    ("tallies", "expected"),
    [
        ({4: offered(9), 3: offered(8)}, set()),
        ({4: offered(9), 3: offered(0)}, set()),
        # the small one would come out by subtracting the other from the sum
        ({4: offered(9), 3: offered(2)}, {3, 2, 4, -4, -3}),
        ({4: offered(9), 3: offered(2), 1: offered(3)}, {3, -3, -1}),
        ({4: offered(9), 3: offered(2), 1: offered(1)}, {3, -3, -1, 2, 4, -4}),
        ({3: offered(4)}, {1, 3, -3}),
    ],
)
def test_figures_of_few_people_are_kept_from_whoever_sees_no_names(
    tallies: dict[int, Tally], expected: set[int]
) -> None:
    """And as many of the others as it takes; below what is kept all is."""
    assert veiled(UNITS, tallies, ["/1/"]) == expected


def test_nothing_that_is_kept_comes_out_by_subtraction() -> None:
    """Of any hundred companies: in no group are the figures that are not shown those of one to four people."""
    random.seed(3)
    for _ in range(100):
        paths = ["/1/"]
        for id in range(2, 14):
            paths.append(f"{random.choice(paths)}{id}/")
        steps = [[int(step) for step in path.strip("/").split("/")] for path in paths]
        units = [unit(s[-1], path, s[-2] if len(s) > 1 else None) for s, path in zip(steps, paths, strict=True)]
        units.sort(key=lambda one: one.path.count("/"))
        tallies = {one.id: offered(random.choice((0, 1, 2, 4, 5, 9))) for one in units}
        found, hidden = sums(units, tallies), veiled(units, tallies, ["/1/"])
        for one in units:
            parts = {part.id: found[part.id].offered for part in units if part.parent == one.id}
            group = parts | {-one.id: tallies[one.id].offered}
            if one.id not in hidden:
                assert sum(n for key, n in group.items() if key in hidden) not in range(1, FEWEST)
            assert all(n == 0 or n >= FEWEST or key in hidden for key, n in group.items())


def company(seed: int) -> tuple[list[Unit], dict[int, Tally]]:
    """The open units of any company, some of whose units are closed, and what was offered in each."""
    draw = random.Random(seed)
    paths = ["/1/"]
    for id in range(2, 40):
        paths.append(f"{draw.choice(paths)}{id}/")
    steps = [[int(step) for step in path.strip("/").split("/")] for path in paths]
    units = [unit(s[-1], path, s[-2] if len(s) > 1 else None) for s, path in zip(steps, paths, strict=True)]
    tallies = {one.id: offered(draw.choice((0, 1, 2, 4, 5, 9))) for one in units if draw.random() < 0.8}
    left = [one for one in units if one.id == 1 or draw.random() < 0.85]
    return sorted(left, key=lambda one: one.path.count("/")), tallies


@pytest.mark.parametrize("seed", range(60))
def test_a_sum_is_that_of_all_open_units_below(seed: int) -> None:
    """Also of those below a closed one."""
    units, tallies = company(seed)
    found = sums(units, tallies)
    for one in units:
        below = [tallies.get(each.id, Tally()) for each in units if each.path.startswith(one.path)]
        assert found[one.id] == sum(below, Tally())


@pytest.mark.parametrize("seed", range(60))
def test_what_a_page_needs_of_a_company_comes_out_as_of_the_whole_company(seed: int) -> None:
    """For the tops of somebody and any unit below them: sums, what is veiled, and the unit's own people."""
    units, tallies = company(seed)
    draw = random.Random(-seed)
    mine = tops(one.path for one in draw.sample(units, draw.choice((1, 1, 2, 3))))
    under = [one for one in units if one.path.startswith(tuple(mine))]
    for here in (None, *under):
        part = opened(under, mine, here.path if here else "")
        kept = [one for one in under if one.id in part.kept]
        gathered = part.gathered(tallies)
        found, whole = sums(kept, gathered), sums(under, tallies)
        assert all(found[one.id] == whole[one.id] for one in kept)
        assert rows_under(kept, mine) == rows_under(under, mine)
        hidden, all_hidden = veiled(kept, gathered, mine), veiled(under, tallies, mine)
        assert {key for key in hidden if key > 0} == {key for key in all_hidden if key in part.kept}
        way = {one.id for one in under if one.path in mine or (here and here.path.startswith(one.path))}
        assert {key for key in hidden if -key in way} == {key for key in all_hidden if -key in way}
        if here is not None:
            parts = [one.id for one in under if one.parent == here.id]
            assert [one.id for one in kept if one.parent == here.id] == parts
