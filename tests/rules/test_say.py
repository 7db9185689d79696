"""From a text key to a sentence."""

from __future__ import annotations

from datetime import date

import pytest

from bot.i18n.say import environment, say


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
