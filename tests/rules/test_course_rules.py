"""Decisions about courses: dates, whom a rule reaches, what an exam draws and passes, what a file may say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.i18n.say import say
from bot.learning.courses import rules
from bot.learning.courses.content import as_course, course_content
from bot.learning.courses.model import Binding, Cause, Completion, Exam, Given, Pool, Step
from bot.learning.courses.reading import read_course
from bot.learning.courses.rules import Reach
from bot.library.model import Severity
from bot.library.shipped import content_path, known_content

TODAY = date(2026, 11, 18)
GIVEN = Given(1, 7, "forklift", 1, Cause.POST, TODAY, date(2026, 12, 2), Step.OPEN)
EXAM = Exam((Pool(4), Pool(2)), 75, 15, 2)


@pytest.mark.parametrize(
    ("typed", "words", "on"),
    [
        ("Ana 2026-03-03", "Ana", date(2026, 3, 3)),
        ("Ana 3.3.2026", "Ana", date(2026, 3, 3)),
        ("Ana 31/3/2026", "Ana", date(2026, 3, 31)),
        ("Ana 3/31/2026", "Ana", date(2026, 3, 31)),
        ("Ana 3/4/2026", "Ana 3/4/2026", None),
        ("Ana 3 March", "Ana", date(2026, 3, 3)),
        ("Ana 3 December", "Ana", date(2025, 12, 3)),
        ("Ana 3 de marzo de 2025", "Ana", date(2025, 3, 3)),
        ("刘洋 2026年3月3日", "刘洋", date(2026, 3, 3)),
        ("Анна 3 марта", "Анна", date(2026, 3, 3)),
        ("Анна 3 марта 2025", "Анна", date(2025, 3, 3)),
        ("Анна 30 нояб. 2025 г.", "Анна", date(2025, 11, 30)),
        ("Анна 3 марта 2025 года", "Анна", date(2025, 3, 3)),
        ("Анна 03.03.2025", "Анна", date(2025, 3, 3)),
        ("هدى 3 مارس 2026", "هدى", date(2026, 3, 3)),
        ("هدى ٢٠٢٦-٠٣-٠٣", "هدى", date(2026, 3, 3)),
        ("Ana 2026-02-30", "Ana 2026-02-30", None),
        ("D-9 Ines Vega", "D-9 Ines Vega", None),
        ("1042", "1042", None),
        ("", "", None),
    ],
)
def test_a_day_is_read_as_people_write_it(typed: str, words: str, on: date | None) -> None:
    """At the end of a name; what could be two days is none."""
    assert rules.split_date(typed, TODAY) == (words, on)


@pytest.mark.parametrize(
    ("on", "months", "ends"),
    [
        (date(2026, 11, 18), 12, date(2027, 11, 18)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_there_is(on: date, months: int, ends: date) -> None:
    """No day is invented at the end of February."""
    assert rules.plus_months(on, months) == ends


@pytest.mark.parametrize(
    ("to", "post", "path", "yes"),
    [
        (Reach(None, None), "worker", "/1/2/", True),
        (Reach(frozenset({"driver"}), None), "driver", "/1/2/", True),
        (Reach(frozenset({"driver"}), None), "worker", "/1/2/", False),
        (Reach(None, ("/1/2/",)), "worker", "/1/2/9/", True),
        (Reach(None, ("/1/2/",)), "worker", "/1/3/", False),
        (Reach(None, ()), "worker", "/1/2/", False),
        (Reach(frozenset(), None), "worker", "/1/2/", False),
    ],
)
def test_a_rule_reaches_posts_and_units(to: Reach, post: str, path: str, yes: bool) -> None:
    """What names nothing that exists reaches nobody; it must not reach everybody."""
    assert rules.reaches(to, post, path) is yes


def test_exposure_means_posts_whose_topics_say_so() -> None:
    """A topic of the rule is looked up among the topics of the posts."""
    binding = Binding(Cause.TOPIC, 14, topics=("FLT",), units=("HW", "gone"))
    found = rules.reach(binding, {"driver": ["FLT", "MAN"], "worker": ["STF"]}, {"HW": "/1/2/"})
    assert found == Reach(frozenset({"driver"}), ("/1/2/",))


@pytest.mark.parametrize(
    ("on", "at"),
    [
        (TODAY, date(2026, 11, 29)),
        (date(2026, 11, 29), date(2026, 12, 3)),
        (date(2026, 12, 3), date(2026, 12, 10)),
        (date(2026, 12, 10), date(2026, 12, 17)),
    ],
)
def test_reminders_come_shortly_before_the_day_and_weekly_after_it(on: date, at: date) -> None:
    """Three days before, the day after, then every week."""
    assert rules.next_reminder(GIVEN, on) == at


@pytest.mark.parametrize(
    ("right", "of", "yes"), [(6, 8, True), (5, 8, False), (0, 0, False), (3, 4, True), (74, 100, False)]
)
def test_the_mark_is_reached_or_it_is_not(right: int, of: int, yes: bool) -> None:
    """75 percent, exactly; an exam that asked nothing is not passed."""
    assert rules.passes(right, of, 75) is yes


def test_extra_time_and_tries_are_added_to_what_the_exam_gives() -> None:
    """Half as much again of fifteen minutes; a try that was granted counts."""
    assert rules.allowed(EXAM, 0) == timedelta(minutes=15)
    assert rules.allowed(EXAM, 50) == timedelta(minutes=22, seconds=30)
    assert [rules.tries_left(EXAM, GIVEN, used) for used in (0, 1, 2, 3)] == [2, 1, 0, 0]


def test_each_person_draws_other_questions_and_always_the_same() -> None:
    """The seed decides: a second look at the same sitting shows the same questions."""
    ids = [f"q-{number}" for number in range(40)]
    mine, yours = rules.draw(ids, 8, "sitting:1:1"), rules.draw(ids, 8, "sitting:2:1")
    assert mine == rules.draw(list(reversed(ids)), 8, "sitting:1:1")
    assert len(set(mine)) == 8
    assert mine != yours


def done(on: date, until: date | None) -> Completion:
    """A completion from a day to a day."""
    return Completion(1, 7, "forklift", 1, on, until, 7, 8)


@pytest.mark.parametrize(
    ("completions", "on", "trained", "overdue"),
    [
        ([], date(2026, 12, 1), False, False),
        ([], date(2026, 12, 3), False, True),
        ([done(date(2026, 11, 20), date(2027, 11, 20))], date(2027, 11, 20), True, False),
        ([done(date(2026, 11, 20), date(2027, 11, 20))], date(2027, 11, 21), False, True),
        ([done(date(2026, 11, 20), None)], date(2036, 1, 1), True, False),
    ],
)
def test_somebody_is_trained_on_a_day_or_not(
    completions: list[Completion], on: date, trained: bool, overdue: bool
) -> None:
    """The last day counts, the day after does not."""
    found = rules.stands(True, completions, GIVEN, on)
    assert (found.done is not None, found.overdue) == (trained, overdue)


def test_half_a_year_away_is_counted_by_the_calendar() -> None:
    """1 May to 1 November is six months; a day less is not."""
    began = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert rules.away_long(began, datetime(2026, 11, 1, 12, tzinfo=UTC), 6)
    assert not rules.away_long(began, datetime(2026, 10, 31, 12, tzinfo=UTC), 6)


def test_shipped_courses_are_clean_and_survive_the_database() -> None:
    """At least two; every lesson they name is shipped; JSON and back is the same course."""
    lessons = known_content().lessons
    assert lessons is not None
    paths = sorted((content_path() / "courses").glob("*.yaml"))
    assert len(paths) >= 2
    for path in paths:
        course, problems = read_course(path.name, path.read_text(encoding="utf-8"), frozenset(lessons))
        assert problems == []
        assert course is not None
        assert set(course.title) >= {"en", "zh", "es"}
        assert as_course(course.id, course.version, course_content(course)) == course


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "75 % right is passed"), ("es", "se aprueba con 75 % de aciertos"), ("zh", "答对75 %为合格")],
)
def test_an_exam_reads_right_in_every_language(lang: str, words: str) -> None:
    """Percent signs survive translation; one try is not two."""
    values = {"title": "x", "questions": 8, "minutes": 15, "more_time": True, "passes": 75, "left": 1}
    said = say("learning.courses.before_exam", lang, **values)
    assert words in said
    assert "tries" not in said


BAD = """course: My Course
title: Lifting
lessons: [truck-and-walker, no-such-lesson]
minutes: half an hour
exam:
  questions:
    - {draw: 99}
  pass: 75
  minutes: 15
binds:
  - {who: poste, days: 14}
  - {who: post, days: 14}
  - {who: topic, days: 3, topics: [forklift]}
"""


def test_each_mistake_in_a_course_is_named_with_its_line() -> None:
    """All at once: the trainer puts them right in one go."""
    course, problems = read_course("x.course.yaml", BAD, frozenset({"truck-and-walker"}))
    assert course is None
    assert {(each.code, each.line) for each in problems if each.severity is Severity.ERROR} == {
        ("bad_id", 1), ("unknown_lesson", 3), ("expected_number", 4), ("expected_number", 7), ("missing_field", 6),
        ("unknown_field", 11), ("missing_field", 12), ("bad_topic", 13),
    }  # fmt: skip


@pytest.mark.parametrize("words", ["", "- a\n- b", "course: [", "a: &x 1\nb: *x"])
def test_what_is_no_course_is_refused_and_nothing_raises(words: str) -> None:
    """Empty, a list, broken YAML, aliases."""
    course, problems = read_course("x.course.yaml", words)
    assert course is None
    assert problems
