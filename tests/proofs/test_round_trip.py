"""A bank that goes out in any format and comes in again is the same bank; what a format cannot say is told, never lost."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bot.library.content import question_content
from bot.library.formats.read import read_bank
from bot.library.formats.texts_of import payload_of
from bot.library.formats.write import ENDINGS, export
from bot.library.model import Bank, Severity
from tests.conftest import PROVING
from tests.proofs.counted import counted, must_fail
from tests.proofs.test_large_bank import large
from tests.rules.library_banks import banks

UNSAID = {"gift": {"order", "spot"}, "moodle": {"spot"}}
"""The kinds that a format has no word for."""


def held(bank: Bank, ids: set[str]) -> dict[str, object]:
    """What the questions with these ids hold, by id."""
    return {each.id: question_content(each) for each in bank.questions if each.id in ids}


@pytest.mark.parametrize("format", [each for each in ENDINGS if each != "aiken"])
@settings(
    max_examples=400 if PROVING else 25,
    deadline=None,
    derandomize=not PROVING,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # making a failure smaller takes minutes with six kinds
    suppress_health_check=list(HealthCheck),
)
@given(bank=banks())
def test_a_bank_that_goes_out_comes_in_the_same(format: str, bank: Bank) -> None:
    """Ids, kinds, texts in all languages, beliefs, facts, places: whatever is not told as missing is there."""
    counted("a bank goes out and comes in again", 1, int(comes_in_the_same(format, bank)))


def comes_in_the_same(format: str, bank: Bank) -> bool:
    """Asserts that it does."""
    made = export(bank, format)
    back, problems = read_bank(made.name, made.data)
    assert back is not None
    assert [each for each in problems if each.severity is Severity.ERROR and each.code != "no_questions"] == []
    ids = {each.id for each in bank.questions} - set(made.left_out)
    whole = ids - set(made.in_part)
    assert held(back, whole) == held(bank, whole)
    unsaid = {each.id for each in bank.questions if each.kind in UNSAID.get(format, ())}
    assert unsaid <= set(made.left_out)
    if format in ("yaml", "zip", "moodle", "gift"):
        answered = {each.id: str(payload_of(each)) for each in bank.questions if each.kind in ("match", "short")}
        arrows = {id for id, words in answered.items() if format == "gift" and "-" in words}
        assert set(made.left_out) - arrows == unsaid - arrows
        assert made.in_part == ()
    if ids:
        assert (back.id, back.language, dict(back.title)) == (bank.id, bank.language, dict(bank.title))
    return True


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_format_that_forgets_in_silence_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sabotage: explanations are not written, and nobody is told."""
    whole = large(5)
    mute = replace(whole, questions=tuple(replace(each, explanation={}) for each in whole.questions))
    made = export(mute, "yaml")
    monkeypatch.setattr(sys.modules[__name__], "export", lambda bank, format: made)
    with must_fail("a bank goes out and comes in again"):
        comes_in_the_same("yaml", whole)
