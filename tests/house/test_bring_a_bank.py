"""The samples in docs/howto/bring-a-bank.md are true: each is read without an error, as the page says."""

from __future__ import annotations

import re

import pytest

from bot.library.checks import checked_bank
from bot.library.formats.write import ENDINGS
from bot.library.kinds.registry import KINDS
from bot.library.model import Severity
from bot.library.shipped import known_content
from bot.library.uploads import ENDINGS as TAKEN
from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "howto" / "bring-a-bank.md").read_text(encoding="utf-8")
SAMPLES = dict(re.findall(r"^```(?:gift|aiken|xml|csv|yaml) (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
TOPICS = {"yard.gift": "LAD", "lamps.txt": "OWN", "locks.xml": "LOTO", "gate.csv": "STF", "gate.yaml": "STF"}


def test_the_page_has_a_sample_of_every_text_format() -> None:
    """A new format has one too."""
    assert set(SAMPLES) == set(TOPICS)
    assert len(ENDINGS) == len(SAMPLES) + len({"xlsx", "zip"})


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_sample_of_the_page_can_be_published(name: str) -> None:
    """No errors; the topic is what the page says of it."""
    assert name.endswith(TAKEN)
    bank, problems = checked_bank(name, SAMPLES[name].encode(), "en", known_content())
    assert bank is not None
    assert [each for each in problems if each.severity is Severity.ERROR] == []
    assert {each.topic for each in bank.questions} == {TOPICS[name]}


def test_the_gift_sample_shows_every_kind_that_gift_has() -> None:
    """And its first question keeps the id that Moodle gave it."""
    bank, _ = checked_bank("yard.gift", SAMPLES["yard.gift"].encode())
    assert bank is not None
    assert {each.kind for each in bank.questions} == set(KINDS) - {"order", "spot"}
    assert bank.questions[0].id == "yard-001"
