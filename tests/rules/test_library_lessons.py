"""Lessons: read from their folder in all languages, and what a chat cannot show."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.library.lesson_checks import check_lesson
from bot.library.lessons import as_lesson, read_folder

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
    pages, problems = read_folder(folder)
    assert problems == []
    lesson = as_lesson(pages)
    assert (lesson.id, lesson.seconds, lesson.version) == ("swing", 30, 2)
    assert lesson.cards["en"] == ("Step **back**.", "Call the driver.")
    assert lesson.cards["zh"] == ("请大家**退后**。", "呼叫司机。")
    assert check_lesson(folder, tmp_path) == []


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
