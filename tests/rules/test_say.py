"""From a text key to a sentence."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.i18n.compiled import compiled
from bot.i18n.say import environment, say

READY = {"unit": "Dock", "people": 3, "later": [], "held": 0, "not_reached": 0, "due": True}
QUESTION = {"stem": "What now?", "kind": "one", "number": 0, "of": 0}


def test_a_line_that_is_left_out_leaves_no_hole() -> None:
    """One empty line between two paragraphs, also where a third stood between them."""
    assert say("delivery.just", "en", text="Kind: dangerous\n\n \n\nPlace: press hall\nBay 2") == (
        "Kind: dangerous\n\nPlace: press hall\nBay 2"
    )


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 сообщений об опасности"),
        (1, "1 сообщение об опасности"),
        (2, "2 сообщения об опасности"),
        (5, "5 сообщений об опасности"),
        (11, "11 сообщений об опасности"),
        (12, "12 сообщений об опасности"),
        (21, "21 сообщение об опасности"),
        (22, "22 сообщения об опасности"),
        (100, "100 сообщений об опасности"),
        (111, "111 сообщений об опасности"),
    ],
)
def test_russian_numbers_go_with_their_nouns(count: int, said: str) -> None:
    """By the last digit, but not from 11 to 14."""
    assert f" {said}. Спасибо." in say("hazards.status_reports", "ru", made=count)


def _filtered(lang: str, how: str, value: object) -> str:
    say("delivery.just", lang, text="")
    return str(environment(lang, "txt").filters[how](value))


@pytest.mark.parametrize(
    ("lang", "how", "value", "said"),
    [
        ("ru", "day", date(2026, 11, 30), "30.11.2026"),
        ("ru", "moment", "2026-11-30T14:05:00+00:00", "30 нояб. 14:05"),
        ("ru", "span", 5, "5 мин"),
        ("ru", "span", 60, "1 ч"),
        ("ru", "number", 0.5, "0,5"),
        ("es", "day", date(2026, 11, 30), "30 nov 2026"),
        ("es", "span", 60, "1 h"),
        ("es", "span", 180, "3 h"),
        ("zh", "moment", "2026-11-30T14:05:00+00:00", "11月30日 14:05"),
        ("zh", "span", 60, "1小时"),
    ],
)
def test_times_are_written_as_in_the_readers_language(lang: str, how: str, value: object, said: str) -> None:
    """A Russian date ends in no full stop, since many sentences end in a date; one hour is no plural in Spanish."""
    assert _filtered(lang, how, value) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "لا أيام"),
        (1, "يوم واحد"),
        (2, "يومان"),
        (3, "3 أيام"),
        (10, "10 أيام"),
        (11, "11 يومًا"),
        (99, "99 يومًا"),
        (100, "100 يوم"),
        (102, "102 يوم"),
        (103, "103 أيام"),
        (111, "111 يومًا"),
    ],
)
def test_arabic_counts_in_its_six_forms(days: int, said: str) -> None:
    """None, one, two, a few, many, a hundred: each has a form of its own, and the file says in which order they stand."""
    assert say("learning.induction.b_days", "ar", days=days) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "دقيقة"),
        (2, "دقيقتين"),
        (5, "5 دقائق"),
        (59, "59 دقيقة"),
        (120, "ساعتين"),
        (2880, "يومين"),
        (20000, "13 يومًا"),
    ],
)
def test_how_long_it_takes_is_said_in_words_in_arabic(minutes: int, said: str) -> None:
    """Behind "about", so two hours have the ending that belongs there; no letter stands for an hour."""
    assert f"يستغرق نحو {said}." in say("compliance.ready", "ar", **READY | {"minutes": minutes})


def test_a_day_is_written_with_its_month_in_arabic() -> None:
    """03/04 is another day for whoever learned to write elsewhere."""
    assert "31 مارس 2027" in say("learning.certificates.sheet_until", "ar", on="2027-03-31")


@pytest.mark.parametrize(
    ("lang", "back", "skip"), [("en", "⬅️ Back", "Skip ➡️"), ("ar", "➡️ رجوع", "تخطَّ ⬅️"), ("zh", "⬅️ 返回", "跳过 ➡️")]
)
def test_arrows_point_the_way_in_which_is_read(lang: str, back: str, skip: str) -> None:
    """Back is where one comes from: on the right in Arabic."""
    assert (say("hazards.b_back", lang), say("hazards.b_skip", lang)) == (back, skip)


@pytest.mark.parametrize(
    ("lang", "words", "line"),
    [
        ("en", "Leave now", "<b>A.</b> Leave now"),
        ("ar", "Leave now", "<b>A.</b> Leave now"),
        ("ar", "اخرج الآن", "<b>\u200f\u2068A\u2069.</b> اخرج الآن"),
        ("en", "اخرج الآن", "<b>\u200f\u2068A\u2069.</b> اخرج الآن"),
    ],
)
def test_an_option_runs_as_its_words_do(lang: str, words: str, line: str) -> None:
    """Its letter is Latin and would turn an Arabic line round; whose language it is matters as little as its letter."""
    option = {"letter": "A", "words": words}
    assert line in say("library.question", lang, **QUESTION | {"options": [option]})


def test_a_plain_text_that_a_page_imports_stays_plain() -> None:
    """Compiled for a page it escapes; what is kept of that must not be found for a button."""
    environment("en", "html").get_template("risks/texts.txt.j2")
    assert "company's steps" in say("risks.wrong_bad_step", "en", value="4", steps="1, 2")
    assert compiled("html") is not compiled("txt")


def test_chinese_sentences_stand_without_a_space_between_them() -> None:
    """Two sentences of a template are put together with a space, which a full-width mark brings along already."""
    params = {"field": "id", "value": "Bad 4", "guess": "bad-4"}
    said = str(say("library.problem_bad_id", "zh", **params))
    assert "。" in said
    assert not re.search("[。！？；：，] ", said)
    assert ". " in str(say("library.problem_bad_id", "en", **params))
