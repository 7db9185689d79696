"""Each catalogue speaks to people in one way, and Chinese is punctuated in Chinese."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog

from tests.house.wording import catalogue, strings_of

STRANGE = {
    "es": re.compile(r"\b(tú|tu|tus|ti|te|contigo)\b", re.IGNORECASE),
    "ru": re.compile(r"\b(ты|тебя|тебе|тобой|тво(й|я|ё|и|ю|его|ей|их|им))\b", re.IGNORECASE),
    "zh": re.compile(r"您|[\u3400-\u9fff][,:;?!()]|[,:;?!()][\u3400-\u9fff]"),
}
"""What is out of tune: Spanish and Russian speak to people as usted and вы, Chinese as 你 and with marks of full width."""
PARTED = frozenset({"a near miss; close call"})
"""Not sentences but cells of a file, parted by a mark that its reader knows."""


def out_of_tune(known: Catalog, lang: str) -> list[str]:
    """Translations that speak to people in another way than the rest."""
    return [
        text
        for message in known
        if message.id and message.id not in PARTED
        for text in strings_of(message)
        if STRANGE[lang].search(text)
    ]


@pytest.mark.parametrize("lang", sorted(STRANGE))
def test_people_are_spoken_to_in_one_way(lang: str) -> None:
    """Who is told to press by one sentence as a friend and by the next as a customer wonders who is speaking."""
    found = out_of_tune(catalogue(lang), lang)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("lang", "text", "caught"),
    [
        ("es", "Sensores en tu área", True),
        ("es", "¿Te ayudo?", True),
        ("es", "Sensores en su área", False),
        ("ru", "Это твоё сообщение", True),
        ("ru", "Это ваше сообщение, отвечайте", False),
        ("zh", "您的上报", True),
        ("zh", "报警:80 及以上", True),
        ("zh", "你的上报：80 及以上（PDF, 1:2）", False),
    ],
)
def test_what_is_out_of_tune_is_caught(lang: str, text: str, caught: bool) -> None:
    """Words that only hold such letters are not."""
    known = Catalog(locale=lang)
    known.add("Something", text)
    assert bool(out_of_tune(known, lang)) == caught
