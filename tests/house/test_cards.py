"""The cards of all shipped lessons in all their languages: nothing cut, nothing small, no number without its place."""

from __future__ import annotations

from functools import cache

import pytest

from bot.library.cards import rules, sheet
from bot.library.lessons import read_lessons
from bot.library.model import ANY, Lesson
from bot.library.shipped import lessons_path
from bot.library.wording import numbers
from bot.media import drawing
from tests.kept import fonts

SMALLEST = 31
"""Of 960 points; on a phone of 360 that is 11.6."""


@cache
def lessons() -> list[Lesson]:
    """All shipped lessons."""
    return read_lessons(lessons_path())[0]


LANGUAGES = sorted({language for lesson in lessons() for language in lesson.title})


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_is_square_and_its_words_can_be_read(language: str) -> None:
    """As measured by what draws them: all words fit, in letters of a size for a phone, and each has a font."""
    drawing.use(fonts())
    wrong = []
    for lesson in lessons():
        if language in lesson.title:
            values = sheet.values_of(lesson, language)
            told = drawing.told(sheet.TEMPLATE.read_bytes(), values, "chosen", letters=sheet.LETTERS)
            shown = values["title"] + "".join(part["words"] for part in values["key"])
            if len(told) != 1 or not told[0]["fits"] or told[0]["key"] < SMALLEST or drawing.missing(shown):
                wrong.append((lesson.id, told))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_says_what_to_keep_in_mind(language: str) -> None:
    """Its key sentence has strong words, and the card's words are the lesson's own."""
    for lesson in lessons():
        if language in lesson.title:
            key = rules.key_of(lesson.cards[language])
            assert any(part.strong for part in key), lesson.id
            words = "".join(part.words for part in key)
            assert words.rstrip("…") in " ".join(lesson.cards[language]).replace("**", ""), lesson.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_stands_on_a_card_without_its_place(language: str) -> None:
    """Numbers differ from country to country: the card names whose it is, beside the sentence."""
    for lesson in lessons():
        if language in lesson.title:
            key = "".join(part.words for part in rules.key_of(lesson.cards[language]))
            if numbers(key):
                assert ANY not in lesson.jurisdictions, lesson.id
                assert sheet.values_of(lesson, language)["place"], lesson.id
