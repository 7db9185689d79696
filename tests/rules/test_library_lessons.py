"""Lessons: read from their folder in all languages, and what a chat cannot show."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.library.lesson_checks import check_lesson
from bot.library.lessons import as_lesson, read_folder
from bot.library.model import Severity

LESSON = """---
id: swing
topic: LIF
jurisdictions: [any]
title: Let it swing
facts: [LIF-01]
sources: [lifting plan]
seconds: 30
version: 2
---
Step **back**.

***

Call the driver.
"""


def test_a_lesson_is_read_from_its_languages(tmp_path: Path) -> None:
    """One lesson, its cards by language."""
    folder = tmp_path / "swing"
    folder.mkdir()
    for language, text in (
        ("en", LESSON),
        ("zh", LESSON.replace("Step **back**.", "请大家**退后**。").replace("Call the driver.", "呼叫司机。")),
    ):
        (folder / f"{language}.md").write_text(text, encoding="utf-8")
    (folder / "es.md").write_text(LESSON.replace("Step **back**.", "Da un **paso atrás**."), encoding="utf-8")
    (folder / "ar.md").write_text(LESSON.replace("Step **back**.", "**ابتعد** عن الحمل الآن."), encoding="utf-8")
    (folder / "ru.md").write_text(LESSON.replace("Step **back**.", "**Отойдите** подальше."), encoding="utf-8")
    pages, problems = read_folder(folder)
    assert problems == []
    lesson = as_lesson(pages)
    assert (lesson.id, lesson.seconds, lesson.version) == ("swing", 30, 2)
    assert lesson.cards["en"] == ("Step **back**.", "Call the driver.")
    assert lesson.cards["zh"] == ("请大家**退后**。", "呼叫司机。")
    assert check_lesson(folder, tmp_path) == []


@pytest.mark.parametrize("shipped", [False, True])
def test_a_language_that_a_lesson_lacks_is_advice_to_a_trainer_and_an_error_in_ours(
    tmp_path: Path, shipped: bool
) -> None:
    """A company that speaks two languages need not write five."""
    folder = tmp_path / "swing"
    folder.mkdir()
    (folder / "en.md").write_text(LESSON, encoding="utf-8")
    found = [p for p in check_lesson(folder, tmp_path, shipped=shipped) if p.code == "lesson_language_missing"]
    assert [p.params["language"] for p in found] == ["zh", "es", "ar", "ru"]
    assert {p.severity for p in found} == {Severity.ERROR if shipped else Severity.WARNING}


@pytest.mark.parametrize("language", ["zh", "ar", "ru"])
def test_a_card_that_was_left_in_latin_letters_is_found(language: str, tmp_path: Path) -> None:
    """A file named after a language must be written in its script."""
    folder = tmp_path / "swing"
    folder.mkdir()
    (folder / f"{language}.md").write_text(LESSON, encoding="utf-8")
    assert "untranslated" in {p.code for p in check_lesson(folder, tmp_path)}


@pytest.mark.parametrize(
    ("bad", "shown"),
    [
        ("# Heading", "#"),
        ("1. First", "1."),
        ("[a link](http://x)", "[a link]("),
        ("`code`", "`"),
        ("an *italic* word", "*i"),
        ("<b>bold</b>", "<b"),
        ("> quoted", ">"),
        ("fine\nthen * a star", ""),
        ("2 < 3 and a_b", ""),
        ("- a list", ""),
    ],
)
def test_markup_that_a_chat_does_not_show_is_found(bad: str, shown: str, tmp_path: Path) -> None:
    """Only bold and lists with hyphens."""
    folder = tmp_path / "swing"
    folder.mkdir()
    (folder / "en.md").write_text(LESSON.replace("Step **back**.", bad), encoding="utf-8")
    found = [p.params["markup"] for p in check_lesson(folder, tmp_path) if p.code == "markup"]
    assert found == ([shown] if shown else [])
