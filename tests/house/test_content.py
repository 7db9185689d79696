"""What Davy ships to teach with: all lessons and banks are there, clean, sourced, and give nothing away."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from io import StringIO

import pytest

from bot.library.checks import check_bank, check_banks
from bot.library.command import check_files, place_text
from bot.library.formats.read import read_bank
from bot.library.kinds.registry import KINDS, fits_poll, kind_of
from bot.library.kinds.spot import SpotPayload
from bot.library.lesson_checks import check_lesson
from bot.library.lessons import read_lessons
from bot.library.model import SHIPPED_LANGUAGES, Bank, Lesson, Localized, Problem, Question
from bot.library.shipped import bank_paths, known_content, lessons_path, pictures_path, quizzes_path
from bot.library.tells import LONGEST_SHARE, longest_is_right, right_positions, statements

LESSONS = [path.name for path in sorted(lessons_path().iterdir()) if path.is_dir()] if lessons_path().is_dir() else []
BANKS = [path.name for path in bank_paths()]
WANTED_LESSONS, WANTED_QUESTIONS = 12, 80
PER_LESSON = 2
"""A lesson is followed by a quiz, so it has at least this many questions."""
_NUMBER = re.compile(r"(?<![A-Za-z\d.,])\d+(?:[.,]\d+)?")


@cache
def lessons() -> list[Lesson]:
    """All shipped lessons."""
    return read_lessons(lessons_path())[0]


@cache
def banks() -> list[Bank]:
    """All shipped banks."""
    read = (read_bank(str(path), path.read_bytes())[0] for path in bank_paths())
    return [bank for bank in read if bank is not None]


def questions() -> list[Question]:
    """All shipped questions."""
    return [question for bank in banks() for question in bank.questions]


def told(problems: list[Problem]) -> list[str]:
    """Problems as one reads them in a failure."""
    return [f"{place_text(problem)} [{problem.code}] {dict(problem.params)}" for problem in problems]


def test_there_is_enough_to_teach_with() -> None:
    """At least twelve lessons and eighty questions, over many topics."""
    assert len(lessons()) >= WANTED_LESSONS
    assert len(questions()) >= WANTED_QUESTIONS
    assert len({lesson.topic for lesson in lessons()}) >= 10


@pytest.mark.parametrize("name", LESSONS)
def test_a_shipped_lesson_has_no_problem_at_all(name: str) -> None:
    """Not even advice: facts known, every language, short, its picture there."""
    assert told(check_lesson(lessons_path() / name, pictures_path(), known_content(), shipped=True)) == []


@pytest.mark.parametrize("name", BANKS)
def test_a_shipped_bank_has_no_problem_at_all(name: str) -> None:
    """Not even advice: facts known, every language, every wrong option with its misconception."""
    path = quizzes_path() / name
    bank, problems = read_bank(name, path.read_bytes())
    assert bank is not None
    assert told(problems + check_bank(bank, known_content(), shipped=True)) == []


def test_no_question_is_asked_twice_over_all_banks() -> None:
    """Ids and stems differ between banks too."""
    assert told(check_banks(banks())) == []


@pytest.mark.parametrize("language", SHIPPED_LANGUAGES)
def test_the_longest_option_is_seldom_the_right_one(language: str) -> None:
    """In at most 35 % of the questions with one right option, in each language."""
    longest, n = longest_is_right(questions(), language)
    assert n >= 40
    assert len(longest) <= LONGEST_SHARE * n, f"{len(longest)} of {n}: {longest}"


def test_right_options_stand_in_all_places_alike() -> None:
    """Over all banks, by chi-square at 5 %; and true is as usual as false."""
    counts, uneven = right_positions(questions())
    assert not uneven, dict(counts)
    true, n = statements(questions())
    assert 0.3 * n <= true <= 0.7 * n, f"{true} of {n} are true"


@pytest.mark.parametrize("language", SHIPPED_LANGUAGES)
def test_every_question_fits_a_native_quiz(language: str) -> None:
    """In every language, so that a push can be one tap; but for the kinds that are none, and where *sure* is asked."""
    quizzes = [question for question in questions() if kind_of(question).polls and not question.confidence]
    assert len(quizzes) >= WANTED_QUESTIONS
    assert [question.id for question in quizzes if not fits_poll(question, language)] == []


def test_every_kind_of_question_is_shipped() -> None:
    """A kind that nobody meets is not tried out."""
    assert Counter(question.kind for question in questions()).keys() == set(KINDS)


def test_every_lesson_is_followed_by_questions() -> None:
    """At least two questions name it, and hold wherever the lesson holds."""
    named = Counter(question.lesson for question in questions())
    assert [lesson.id for lesson in lessons() if named[lesson.id] < PER_LESSON] == []


def test_a_misconception_is_a_belief_of_its_own() -> None:
    """Two wrong options of one question are not chosen for the same reason."""
    for question in questions():
        texts = [each.texts["en"] for each in kind_of(question).texts(question.payload) if "!" in each.field]
        assert len(texts) == len(set(texts)), question.id


@pytest.mark.parametrize(("language", "script"), [("zh", "CJK UNIFIED"), ("ar", "ARABIC"), ("ru", "CYRILLIC")])
def test_content_is_written_in_the_script_of_its_language(language: str, script: str) -> None:
    """Over all lessons and questions at least nine letters in ten; Spanish is not English."""
    texts = [" ".join((lesson.title[language], *lesson.cards[language])) for lesson in lessons()]
    texts += [question.stem[language] + question.explanation[language] for question in questions()]
    letters = [letter for text in texts for letter in text if letter.isalpha()]
    own = sum(unicodedata.name(letter, "").startswith(script) for letter in letters)
    assert own >= 0.9 * len(letters), f"{own} of {len(letters)}"
    assert [q.id for q in questions() if q.stem["es"] == q.stem["en"]] == []


def texts_by_language() -> Iterator[tuple[str, Localized]]:
    """Every text that a worker reads, with the name of where it stands."""
    for lesson in lessons():
        for at in range(len(lesson.cards["en"])):
            yield f"{lesson.id} {at + 1}", {language: cards[at] for language, cards in lesson.cards.items()}
    for question in questions():
        yield f"{question.id} stem", question.stem
        yield f"{question.id} explanation", question.explanation
        for each in kind_of(question).texts(question.payload):
            yield f"{question.id} {each.field}", each.texts


def digits(text: str) -> set[Decimal]:
    """All numbers but one and two, which are said in words or as a dual. A name such as CO2 holds none."""
    return {Decimal(found.replace(",", ".")) for found in _NUMBER.findall(text)} - {1, 2}


def test_a_number_is_the_same_in_every_language() -> None:
    """A limit that is mistyped in a translation can hurt somebody who cannot read the original."""
    differs = [
        f"{where}:{language} {text!r} for {texts['en']!r}"
        for where, texts in texts_by_language()
        for language, text in texts.items()
        if digits(text) != digits(texts["en"])
    ]
    assert differs == []


def test_every_shipped_picture_belongs_to_a_lesson_or_a_question() -> None:
    """No picture is carried in the wheel for nothing."""
    used = {lesson.picture for lesson in lessons()}
    used |= {question.payload.picture for question in questions() if isinstance(question.payload, SpotPayload)}
    assert {path.name for path in pictures_path().glob("*.png")} - used == set()


def test_the_command_finds_nothing_in_what_is_shipped() -> None:
    """`davy check content quizzes`, from whatever folder it is called."""
    out = StringIO()
    assert check_files([lessons_path(), quizzes_path()], False, out) == 0, out.getvalue()[-2000:]
    assert out.getvalue().startswith(f"{len(lessons()) + len(banks())} checked: 0 errors, 0 warnings")
