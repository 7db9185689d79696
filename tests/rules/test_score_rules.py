"""A score from facts: by opportunity, whatever the order, and every point has its fact; nothing of reports or injuries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assessment.agreement import rules as agreement
from bot.assessment.agreement.model import Side
from bot.assessment.model import Period
from bot.assessment.scores import policy as policies
from bot.assessment.scores.model import KINDS, Evidence, Measure, Weight
from bot.assessment.scores.rules import means, peers, period_of
from bot.i18n.languages import LANGUAGES
from tests.rules.score_facts import DAY, EAGER, PERIOD, SHIPPED, fact, facts_, lessons, numbers, of

ALONE = replace(SHIPPED, usual={Measure.LESSONS: Weight(10, 100, 0, 1)}, posts={}, least=1)


@pytest.mark.parametrize(
    ("facts", "total"),
    [
        (lessons(10, 0), 1000),
        (lessons(5, 5), 500),
        (lessons(0, 10), 0),
        ([], None),
        ([*lessons(5, 0), *lessons(0, 5, PERIOD.ends - timedelta(days=1), 20)], 1000),
        (
            [*lessons(5, 0), fact("LessonAssigned", 20), fact("LearningNotDelivered", 20, PERIOD.ends + timedelta(9))],
            1000,
        ),
        ([*lessons(5, 0), fact("LessonRead", 20)], 1000),
        (lessons(5, 5, PERIOD.starts - timedelta(days=1)), None),
        (lessons(1, 2), 333),
    ],
)
def test_a_score_is_what_was_done_of_what_was_put_before_somebody(facts: list[Evidence], total: int | None) -> None:
    """Of the last days, of before, and what never came: no opportunity, so not held against anybody."""
    assert of(facts, ALONE).total == total


def test_part_time_and_absence_are_judged_by_opportunity_not_by_volume() -> None:
    """Five of five is as good as fifty of fifty; what came on a day of leave and was left does not count."""
    away = frozenset({date(2026, 11, 11)})
    few = [*lessons(9, 1), *lessons(0, 6, date(2026, 11, 11), 50)]
    assert of(few, ALONE, excused=away).total == of(lessons(90, 10), ALONE).total == 900
    left = of(few, ALONE, excused=away).lines[0].left_out
    assert len(left) == 6


def test_a_measure_with_too_few_opportunities_is_left_out_and_the_others_count_more() -> None:
    """One missed talk of one says nothing; the whole weight goes to what there is enough of."""
    found = of([*lessons(10, 0), fact("TalkOffered", 1)])
    talks = next(line for line in found.lines if line.measure is Measure.TALKS)
    assert (talks.counts, talks.points, found.total) == (False, 0, 1000)


def test_right_or_wrong_counts_in_exams_alone() -> None:
    """Practice counts as taken part; an exam's answer that was struck counts for nobody."""
    practice = [fact("QuestionOffered", n, mode="practice") for n in range(10)]
    practice += [fact("QuestionAnswered", n, mode="practice", right=False) for n in range(10)]
    assert of(practice).total == 1000
    exam = [fact("QuestionAnswered", n, mode="exam", right=n < 25) for n in range(20, 30)]
    assert of(exam).total == 556, "5 of 10 where 90 % is full"
    struck = [fact("ExamAnswerStruck", n) for n in range(25, 30)]
    lines = {line.measure: line for line in of([*exam, *struck]).lines}
    assert (len(lines[Measure.EXAMS].done), len(lines[Measure.EXAMS].missed)) == (5, 0)


def test_full_points_come_before_the_last_one_and_a_floor_holds() -> None:
    """From `full` percent on all points; never less than `floor` percent."""
    policy = replace(ALONE, usual={Measure.LESSONS: Weight(10, 90, 20, 1)})
    assert [of(lessons(n, 10 - n), policy).total for n in (0, 1, 9, 10)] == [200, 200, 1000, 1000]


def test_a_course_counts_from_the_day_it_is_due() -> None:
    """Given for a day after the period and not done yet: open. Withdrawn: never."""
    course = replace(ALONE, usual={Measure.COURSES: Weight(10)})
    due, later = fact("CourseAssigned", 1, days=20), fact("CourseAssigned", 2, days=90)
    assert of([due, later], course).total == 0
    assert of([due, later, fact("CourseCompleted", 2)], course).total == 500
    assert of([due, fact("CourseWithdrawn", 1)], course).total is None


REPORTS = ("HazardReported", "HazardConfirmed", "HazardRejected", "IncidentOpened", "ReportPractised", "WorkStopped")


@pytest.mark.parametrize("kind", REPORTS)
def test_reports_and_injuries_change_no_score(kind: str) -> None:
    """Neither many, nor none: they are in no measure."""
    assert kind not in KINDS
    facts = lessons(7, 3)
    assert of([*facts, *(fact(kind, n) for n in range(20))]) == of(facts)


@settings(max_examples=200)
@given(st.lists(facts_, max_size=60), st.randoms(use_true_random=False))
def test_any_order_of_the_same_facts_gives_the_same_score(facts: list[Evidence], chance: Any) -> None:
    """Shuffled, and each read twice: the same lines, the same points."""
    shuffled = [*facts, *facts]
    chance.shuffle(shuffled)
    assert of(shuffled, EAGER) == of(facts, EAGER)


@settings(max_examples=200)
@given(st.lists(facts_, max_size=60))
def test_every_point_comes_from_a_fact_and_the_lines_add_up(facts: list[Evidence]) -> None:
    """Each key is one of the facts, none is in two places, and without the facts of a line its points are gone."""
    found, keys = of(facts, EAGER), {each.key for each in facts}
    assert found.total is None or found.total == sum(line.points for line in found.lines)
    assert found.total is None or 0 <= found.total <= 1000
    for line in found.lines:
        assert set(line.done) | set(line.missed) | set(line.left_out) <= keys
        assert not set(line.done) & set(line.missed)
        assert line.points <= line.most
        if line.points > 0 and line.done:
            fewer = of([each for each in facts if each.key not in line.done], replace(EAGER, usual=dict(EAGER.usual)))
            again = next(other for other in fewer.lines if other.measure is line.measure)
            assert set(again.done) & set(line.done) == set()


@settings(max_examples=100)
@given(st.lists(facts_, max_size=40), numbers)
def test_reading_one_more_lesson_never_lowers_a_score(facts: list[Evidence], number: int) -> None:
    """What somebody does can only help: where the measure counted before, doing more of it gives no fewer points."""
    more = [*facts, fact("LessonRead", number)]
    before, after = (
        next(line for line in of(each, EAGER).lines if line.measure is Measure.LESSONS) for each in (facts, more)
    )
    assert len(after.done) >= len(before.done)
    assert after.offered <= max(before.offered, len(before.done) + len(before.missed) + 1)


def test_peers_are_never_fewer_than_five_others() -> None:
    """Four others would tell what one of them did."""
    assert peers(800, [700, 600, 500, 400]) is None
    assert peers(800, [700, 600, None, 500, 400]) is None
    found = peers(800, [700, 600, 500, 400, 300])
    assert found is not None
    assert (found.count, found.low, found.middle, found.high) == (5, 400, 500, 600)
    assert means({"A": [100] * 4, "B": [100, 200, 300, 400, 500]}) == {"B": (5, 300)}


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("m0", date(2026, 11, 1), DAY), ("m1", date(2026, 10, 1), date(2026, 10, 31)),
        ("q0", date(2026, 10, 1), DAY), ("q1", date(2026, 7, 1), date(2026, 9, 30)),
        ("y0", date(2026, 1, 1), DAY), ("y1", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)  # fmt: skip
def test_a_period_has_its_days(code: str, first: date, last: date) -> None:
    """This one so far, or the last one whole."""
    assert period_of(code, DAY) == Period(first, last)
    assert period_of("x9", DAY) is None


def test_the_shipped_policy_says_in_every_language_why() -> None:
    """And what it weighs."""
    assert set(SHIPPED.says) == set(LANGUAGES)
    assert SHIPPED.of("team-leader")[Measure.LEADING].weight == 15
    assert Measure.LEADING not in SHIPPED.of("worker")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("measures: {no_injuries: {weight: 50}}", "never made of injuries or reports"),
        ("measures: {reports: {weight: 50}}", "never made of injuries or reports"),
        ("measures: {lessons: {weight: 500}}", "measures.lessons.weight must be a whole number from 0 to 100"),
        ("measures: {lessons: {weight: 5, fool: 1}}", "nobody reads 'fool'"),
        ("measures: {lessons: {weight: 0}}", "no measure has a weight"),
        ("measures: [lessons]", "must be a map"),
        ("grace_days: 99", "grace_days must be a whole number"),
        ("posts: 3", "'posts' must be a map"),
    ],
)
def test_a_policy_with_a_mistake_is_refused_with_the_mistake(change: str, complaint: str) -> None:
    """What rewards silence cannot even be written down."""
    name = change.partition(":")[0]
    import yaml

    said = yaml.safe_load(SHIPPED.text) | yaml.safe_load(change)
    with pytest.raises(policies.BadPolicy, match=complaint.replace("(", r"\(")):
        policies.read(yaml.safe_dump(said, allow_unicode=True))
    assert name in said


def test_two_different_people_have_to_agree_and_with_a_works_council_one_of_each_side() -> None:
    """Nobody agrees with themselves; two of the employer do not where those who work there have a council."""
    hr, boss, council = Side(1, True, False), Side(2, True, False), Side(3, False, True)
    table = [
        (hr, hr, False, False), (hr, boss, False, True), (hr, council, False, True), (hr, boss, True, False),
        (hr, council, True, True), (council, boss, True, True), (council, Side(4, False, True), True, False),
        (hr, Side(5, False, False), False, False), (Side(6, True, True), council, True, True),
    ]  # fmt: skip
    for asker, other, has_council, expected in table:
        assert agreement.may_agree(asker, other, has_council) is expected
    assert agreement.protects("figure.score", False)
    assert not agreement.protects("figure.score", True)
    assert not agreement.protects("room.learning", False)
